package rankine.engine.profile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import rankine.kernels.DType;
import rankine.kernels.Gaussian;
import rankine.kernels.Matrix;

/**
 * Random weights in memory that exceeds the cache, for timed kernels to use in rotation. With the
 * weights of the previous call still in the cache, a call would be faster than in a model, which
 * reads all other layers in between. So the pool is as large as the model, up to a limit beyond any
 * cache.
 */
final class WeightPool {
  /** Limit of the pool size. */
  static final long MAX_BYTES = 256L << 20;

  private static final int ALIGNMENT = 64;
  private static final int PATTERN = 1 << 18;

  private final long bytes;
  private final Map<DType, MemorySegment> memory = new EnumMap<>(DType.class);
  private long at;

  /**
   * @param model bytes of the model's weights
   * @param largest bytes of the largest matrix in use
   */
  WeightPool(long model, long largest) {
    this.bytes = Math.max(largest, Math.min(model, MAX_BYTES)) + ALIGNMENT;
  }

  long bytes() {
    return bytes;
  }

  /** Returns the next weights of that shape, type and layout. */
  Matrix next(TimedKernel.KernelOperand operand) {
    if (at + operand.bytes() > bytes) {
      at = 0;
    }
    MemorySegment data =
        memory.computeIfAbsent(operand.dtype(), this::fill).asSlice(at, operand.bytes());
    at += Math.ceilDiv(operand.bytes(), ALIGNMENT) * ALIGNMENT;
    return operand.rowContiguous()
        ? Matrix.rowMajor(data, operand.dtype(), operand.m(), operand.n())
        : Matrix.rowMajor(data, operand.dtype(), operand.n(), operand.m()).transposed();
  }

  /** Repeats 2^18 random numbers: the time of a kernel does not depend on the values. */
  private MemorySegment fill(DType dtype) {
    MemorySegment filled = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    MemorySegment pattern = MemorySegment.ofArray(pattern(dtype));
    for (long from = 0; from < bytes; from += pattern.byteSize()) {
      long count = Math.min(pattern.byteSize(), bytes - from);
      MemorySegment.copy(pattern, 0, filled, from, count);
    }
    return filled;
  }

  private static byte[] pattern(DType dtype) {
    float[] values = new float[PATTERN];
    Gaussian.row(1, 0, PATTERN, values, 0);
    ByteBuffer out = ByteBuffer.allocate(PATTERN * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F32 -> out.putFloat(value);
        case F16 -> out.putShort(Float.floatToFloat16(value));
        case BF16 -> out.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return out.array();
  }
}
