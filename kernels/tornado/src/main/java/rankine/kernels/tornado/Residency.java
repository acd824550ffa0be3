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
 * Tracks the resident weights and where they are. A weight is sent once, on the first access, and
 * shared by all users of the same host matrix.
 */
final class Residency {
  /**
   * A host matrix in its row-contiguous view, and whether it is converted to float32. Segments are
   * equal at equal addresses: the lifetime tells one file from a later one that is mapped there.
   */
  private record ResidencyKey(Matrix rowMajor, MemorySegment.Scope lifetime, boolean toFloat32) {
    ResidencyKey(Matrix rowMajor, boolean toFloat32) {
      this(rowMajor, rowMajor.data().scope(), toFloat32);
    }
  }

  private final Map<ResidencyKey, WeakReference<PackedMatrix>> known = new HashMap<>();
  private Device device;
  private DeviceAllocator floats;
  private DeviceAllocator halves;

  /** Returns whether a device is open. */
  boolean open() {
    return device != null;
  }

  /** Sets the device that weights are sent to. */
  void open(Device opened) {
    device = opened;
    floats = new DeviceAllocator("float32", 4, opened.memory().floatSpaces(), true);
    halves =
        new DeviceAllocator(
            "16-bit weights", 2 * WeightLoads.UNIT, opened.memory().halfSpaces(), false);
  }

  /** Registers a matrix, resident in its stored type. */
  StoredWeight matrix(Matrix source) {
    Matrix rowMajor = source.rowContiguous() ? source : source.transposed();
    int dtypeCode =
        switch (source.dtype()) {
          case F32 -> WeightLoads.F32;
          case F16 -> WeightLoads.F16;
          case BF16 -> WeightLoads.BF16;
        };
    return new StoredWeight(source, packed(rowMajor, dtypeCode, false));
  }

  /**
   * Registers a vector, resident in float32: vectors are small, and kernels read them as float32.
   */
  StoredWeight vector(Matrix source) {
    return new StoredWeight(source, packed(source, WeightLoads.F32, true));
  }

  private PackedMatrix packed(Matrix rowMajor, int dtypeCode, boolean toFloat32) {
    ResidencyKey key = new ResidencyKey(rowMajor, toFloat32);
    WeakReference<PackedMatrix> reference = known.get(key);
    PackedMatrix packed = reference == null ? null : reference.get();
    if (packed == null) {
      packed = new PackedMatrix(rowMajor, dtypeCode, toFloat32);
      known.values().removeIf(r -> r.get() == null);
      known.put(key, new WeakReference<>(packed));
    }
    return packed;
  }

  /** The memory that registered weights not yet on the device will need. */
  WeightBytes pending(boolean sixteenBits) {
    long total = 0;
    long largest = 0;
    for (Iterator<WeakReference<PackedMatrix>> i = known.values().iterator(); i.hasNext(); ) {
      PackedMatrix packed = i.next().get();
      if (packed == null) {
        i.remove();
      } else if (packed.range() == null && (packed.dtypeCode() != WeightLoads.F32) == sixteenBits) {
        long bytes = (sixteenBits ? 2L : 4L) * WeightLoads.UNIT * units(packed);
        total += bytes;
        largest = Math.max(largest, bytes);
      }
    }
    return new WeightBytes(total, largest);
  }

  /** Returns the range of a weight; allocates and sends it on first use. */
  DeviceRange rangeOf(PackedMatrix packed) {
    if (packed.range() == null) {
      DeviceRange range;
      if (packed.vector()) {
        range = floats.allocateFirst(packed.elements());
      } else if (packed.dtypeCode() == WeightLoads.F32) {
        range = floats.allocate(packed.elements());
      } else {
        range = halves.allocate(units(packed));
      }
      send(packed, range);
      packed.assign(range);
    }
    return packed.range();
  }

  /** The size of a weight in {@link WeightLoads#UNIT}s. */
  private static long units(PackedMatrix packed) {
    return Math.ceilDiv(packed.elements(), WeightLoads.UNIT);
  }

  private void send(PackedMatrix packed, DeviceRange at) {
    Matrix rowMajor = packed.rowMajor();
    boolean decode = packed.dtypeCode() == WeightLoads.F32 && rowMajor.dtype() != DType.F32;
    int size = decode ? Float.BYTES : rowMajor.dtype().bytes();
    long rowBytes = (long) rowMajor.cols() * size;
    if (!decode && rowMajor.rowStride() == rowMajor.cols()) {
      sendBytes(packed, rowMajor.data().asSlice(0, rowBytes * rowMajor.rows()), at, 0);
      return;
    }
    // About 1 MiB per transfer; a multiple of four rows, so that each transfer is whole words.
    int rowsPerTransfer =
        Math.clamp((1L << 20) / rowBytes / 4 * 4, 4, Math.max(4, rowMajor.rows()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(rowsPerTransfer * rowBytes, 8);
      for (int from = 0; from < rowMajor.rows(); from += rowsPerTransfer) {
        int count = Math.min(rowsPerTransfer, rowMajor.rows() - from);
        for (int r = 0; r < count; r++) {
          if (decode) {
            for (int c = 0; c < rowMajor.cols(); c++) {
              buffer.set(ValueLayout.JAVA_FLOAT, r * rowBytes + 4L * c, rowMajor.get(from + r, c));
            }
          } else {
            long source = (from + r) * rowMajor.rowStride() * size;
            MemorySegment.copy(rowMajor.data(), source, buffer, r * rowBytes, rowBytes);
          }
        }
        sendBytes(packed, buffer.asSlice(0, count * rowBytes), at, (long) from * rowMajor.cols());
      }
    }
  }

  /** Sends the elements of a weight from {@code from} on; {@code at} is the weight's range. */
  private void sendBytes(PackedMatrix packed, MemorySegment bytes, DeviceRange at, long from) {
    if (packed.dtypeCode() == WeightLoads.F32) {
      int to = Math.toIntExact(at.offset() + from);
      device.transfers().sendFloats(device, bytes, at.array(), to);
    } else {
      int word = Math.toIntExact(at.offset() * (long) DeviceMemory.WORDS + from / 4);
      device.transfers().sendHalves(device, bytes, at.array(), word);
    }
  }

  /** Allocates float32 values of the first array, with undefined content. */
  DeviceRange allocateFloats(long elements) {
    return floats.allocateFirst(elements);
  }

  /** Allocates keys and values, in any array of floats. */
  DeviceRange allocateKv(long elements) {
    return floats.allocate(elements);
  }

  /** Allocates a range of the first array and sends float32 values to it. */
  DeviceRange send(MemorySegment values) {
    DeviceRange range = floats.allocateFirst(values.byteSize() / Float.BYTES);
    device.transfers().sendFloats(device, values, 0, range.offset());
    return range;
  }

  /** Frees a range of float32 values. */
  void free(DeviceRange range) {
    floats.free(range);
  }

  /** Allocated bytes of weights, activations, keys, values and matrices. */
  long bytesUsed() {
    return 4 * floats.used() + 2L * WeightLoads.UNIT * halves.used();
  }

  /** Fetches a matrix of the first array, row-major. */
  Matrix fetch(TornadoMatrix matrix) {
    MemorySegment values =
        Arena.ofAuto().allocate((long) matrix.rows() * matrix.cols() * Float.BYTES, 64);
    device.transfers().fetchFloats(device, matrix.range(this).offset(), values);
    return Matrix.rowMajor(values, DType.F32, matrix.rows(), matrix.cols());
  }
}
