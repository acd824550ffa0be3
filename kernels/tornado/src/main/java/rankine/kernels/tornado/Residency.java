package rankine.kernels.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * What is on the device and where: weights are sent once, however often they are asked for, the
 * first time that something reads them.
 */
final class Residency {
  /** A matrix, in the direction in which it is contiguous, and whether it is widened. */
  private record ResidencyKey(Matrix lines, boolean widened) {}

  private final Map<ResidencyKey, WeakReference<PackedMatrix>> known = new HashMap<>();
  private Device device;
  private DeviceAllocator floats;
  private DeviceAllocator halves;

  /** Whether there is a device yet. */
  boolean open() {
    return device != null;
  }

  /** From now on weights can be sent. */
  void open(Device opened) {
    device = opened;
    floats = new DeviceAllocator("float32", 4, opened.memory().floatSpace());
    halves =
        new DeviceAllocator("16-bit weights", 2 * WeightLoads.UNIT, opened.memory().halfSpace());
  }

  /** A matrix in its stored type. */
  StoredWeight matrix(Matrix source) {
    Matrix lines = source.rowContiguous() ? source : source.transposed();
    int kind =
        switch (source.dtype()) {
          case F32 -> WeightLoads.F32;
          case F16 -> WeightLoads.F16;
          case BF16 -> WeightLoads.BF16;
        };
    return new StoredWeight(source, packed(lines, kind, false));
  }

  /** A vector in float32: it is small, and every kernel reads it so. */
  StoredWeight vector(Matrix source) {
    return new StoredWeight(source, packed(source, WeightLoads.F32, true));
  }

  private PackedMatrix packed(Matrix lines, int kind, boolean widened) {
    ResidencyKey key = new ResidencyKey(lines, widened);
    WeakReference<PackedMatrix> reference = known.get(key);
    PackedMatrix packed = reference == null ? null : reference.get();
    if (packed == null) {
      packed = new PackedMatrix(lines, kind);
      known.values().removeIf(r -> r.get() == null);
      known.put(key, new WeakReference<>(packed));
    }
    return packed;
  }

  /** What the weights that are known and have no place yet will take: floats, or 16-bit units. */
  long pending(boolean sixteenBits) {
    long size = 0;
    for (Iterator<WeakReference<PackedMatrix>> i = known.values().iterator(); i.hasNext(); ) {
      PackedMatrix packed = i.next().get();
      if (packed == null) {
        i.remove();
      } else if (packed.place() == null && (packed.kind() != WeightLoads.F32) == sixteenBits) {
        size += sixteenBits ? units(packed) : packed.elements() + WeightLoads.UNIT;
      }
    }
    return size;
  }

  /** The place of a weight, to which it is sent if this is its first use. */
  int ensure(PackedMatrix packed) {
    if (packed.place() == null) {
      DeviceRange place =
          packed.kind() == WeightLoads.F32
              ? floats.take(packed.elements())
              : halves.take(units(packed));
      send(packed, place.at());
      packed.place(place);
    }
    return packed.place().at();
  }

  /** What a 16-bit weight takes of its array. */
  private static long units(PackedMatrix packed) {
    return Math.ceilDiv(packed.elements(), WeightLoads.UNIT);
  }

  private void send(PackedMatrix packed, int at) {
    Matrix lines = packed.lines();
    boolean widen = packed.kind() == WeightLoads.F32 && lines.dtype() != DType.F32;
    int size = widen ? Float.BYTES : lines.dtype().bytes();
    long line = (long) lines.cols() * size;
    if (!widen && lines.rowStride() == lines.cols()) {
      sendBytes(packed, lines.data().asSlice(0, line * lines.rows()), at, 0);
      return;
    }
    // About a mebibyte at a time, in whole words.
    int some = Math.clamp((1L << 20) / line / 4 * 4, 4, Math.max(4, lines.rows()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(some * line, 8);
      for (int from = 0; from < lines.rows(); from += some) {
        int count = Math.min(some, lines.rows() - from);
        for (int r = 0; r < count; r++) {
          if (widen) {
            for (int c = 0; c < lines.cols(); c++) {
              buffer.set(ValueLayout.JAVA_FLOAT, r * line + 4L * c, lines.get(from + r, c));
            }
          } else {
            long source = (from + r) * lines.rowStride() * size;
            MemorySegment.copy(lines.data(), source, buffer, r * line, line);
          }
        }
        sendBytes(packed, buffer.asSlice(0, count * line), at, (long) from * lines.cols());
      }
    }
  }

  /** Sends elements {@code from} and on of a weight at {@code place}. */
  private void sendBytes(PackedMatrix packed, MemorySegment bytes, int place, long from) {
    if (packed.kind() == WeightLoads.F32) {
      device.transfers().sendFloats(device, bytes, Math.toIntExact(place + from));
    } else {
      int word = Math.toIntExact(place * (long) DeviceMemory.WORDS + from / 4);
      device.transfers().sendHalves(device, bytes, word);
    }
  }

  /** Room for float32 values, of any content. */
  DeviceRange floats(long elements) {
    return floats.take(elements);
  }

  /** Float32 values at a place of their own. */
  DeviceRange send(MemorySegment values) {
    DeviceRange place = floats.take(values.byteSize() / Float.BYTES);
    device.transfers().sendFloats(device, values, place.at());
    return place;
  }

  /** Gives room for float32 values back. */
  void give(DeviceRange place) {
    floats.give(place);
  }

  /** Bytes of weights, activations, keys, values and matrices. */
  long bytesUsed() {
    return 4 * floats.used() + 2L * WeightLoads.UNIT * halves.used();
  }

  /** The values of a matrix, row-major. */
  Matrix fetch(TornadoMatrix matrix) {
    MemorySegment values =
        Arena.ofAuto().allocate((long) matrix.rows() * matrix.cols() * Float.BYTES, 64);
    device.transfers().fetchFloats(device, matrix.at(this), values);
    return Matrix.rowMajor(values, DType.F32, matrix.rows(), matrix.cols());
  }
}
