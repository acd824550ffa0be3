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
 * Memory full of random weights that kernels under test take in turn. A call that found the weights
 * of the call before still in the cache would be faster than it is in a model, where all the other
 * layers have been read in between: so the pool is as large as the model, up to a limit beyond any
 * cache.
 */
final class WeightPool {
  /** As much as is worth having. */
  static final long MOST = 256L << 20;

  private static final int ALIGNMENT = 64;
  private static final int PATTERN = 1 << 18;

  private final long bytes;
  private final Map<DType, MemorySegment> memory = new EnumMap<>(DType.class);
  private long at;

  /**
   * @param model bytes of the model's weights
   * @param largest bytes of the largest matrix that will be asked for
   */
  WeightPool(long model, long largest) {
    this.bytes = Math.max(largest, Math.min(model, MOST)) + ALIGNMENT;
  }

  long bytes() {
    return bytes;
  }

  /** The next weights of that shape. */
  Matrix next(TimedKernel.KernelOperand part) {
    if (at + part.bytes() > bytes) {
      at = 0;
    }
    MemorySegment data = memory.computeIfAbsent(part.dtype(), this::fill).asSlice(at, part.bytes());
    at += Math.ceilDiv(part.bytes(), ALIGNMENT) * ALIGNMENT;
    return part.rowContiguous()
        ? Matrix.rowMajor(data, part.dtype(), part.m(), part.n())
        : Matrix.rowMajor(data, part.dtype(), part.n(), part.m()).transposed();
  }

  /** The same some hundred thousand numbers again and again: no kernel looks at them. */
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
