package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Copies between the resident arrays and the staging arrays of {@link Transfers}. The control array
 * has the number of elements and their offset in the resident array.
 */
final class CopyKernels {
  /** Control: elements to copy. */
  static final int COUNT = OpEncoding.ARGUMENTS;

  /** Control: offset in the resident array. */
  static final int OFFSET = OpEncoding.ARGUMENTS + 1;

  private CopyKernels() {}

  /**
   * Allocates the resident arrays on the device. The writes are unconditional: TornadoVM would
   * first send an array that a kernel may leave unwritten.
   */
  static void reserve(KernelContext c, IntArray tables, FloatArray floats, LongArray halves) {
    tables.set(c.globalIdx, 0);
    floats.set(c.globalIdx, 0f);
    halves.set(c.globalIdx, 0L);
  }

  /** As {@link #reserve}, for devices with float64. */
  static void reserveDoubles(KernelContext c, DoubleArray doubles) {
    doubles.set(c.globalIdx, 0d);
  }

  static void sendInts(KernelContext c, IntArray control, IntArray from, IntArray tables) {
    if (c.globalIdx < control.get(COUNT)) {
      tables.set(control.get(OFFSET) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendFloats(KernelContext c, IntArray control, FloatArray from, FloatArray floats) {
    if (c.globalIdx < control.get(COUNT)) {
      floats.set(control.get(OFFSET) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendHalves(KernelContext c, IntArray control, LongArray from, LongArray halves) {
    if (c.globalIdx < control.get(COUNT)) {
      halves.set(control.get(OFFSET) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendDoubles(
      KernelContext c, IntArray control, DoubleArray from, DoubleArray doubles) {
    if (c.globalIdx < control.get(COUNT)) {
      doubles.set(control.get(OFFSET) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void fetchFloats(KernelContext c, IntArray control, FloatArray floats, FloatArray to) {
    float value = 0;
    if (c.globalIdx < control.get(COUNT)) {
      value = floats.get(control.get(OFFSET) + c.globalIdx);
    }
    to.set(c.globalIdx, value);
  }

  static void fetchDoubles(KernelContext c, IntArray control, DoubleArray doubles, DoubleArray to) {
    double value = 0;
    if (c.globalIdx < control.get(COUNT)) {
      value = doubles.get(control.get(OFFSET) + c.globalIdx);
    }
    to.set(c.globalIdx, value);
  }
}
