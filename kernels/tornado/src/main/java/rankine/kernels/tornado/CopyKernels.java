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

  /** Control: which of the resident arrays of the element type. */
  static final int ARRAY = OpEncoding.ARGUMENTS + 2;

  private CopyKernels() {}

  /**
   * Allocates the resident arrays on the device. The writes are unconditional: TornadoVM would
   * first send an array that a kernel may leave unwritten.
   */
  static void reserve(
      KernelContext c,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3) {
    tables.set(c.globalIdx, 0);
    floats.set(c.globalIdx, 0f);
    floats1.set(c.globalIdx, 0f);
    floats2.set(c.globalIdx, 0f);
    floats3.set(c.globalIdx, 0f);
    halves.set(c.globalIdx, 0L);
    halves1.set(c.globalIdx, 0L);
    halves2.set(c.globalIdx, 0L);
    halves3.set(c.globalIdx, 0L);
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

  static void sendFloats(
      KernelContext c,
      IntArray control,
      FloatArray from,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays) {
    int array = control.get(ARRAY);
    int to = control.get(OFFSET) + c.globalIdx;
    if (c.globalIdx < control.get(COUNT)) {
      if (arrays == 1 || array == 0) {
        floats.set(to, from.get(c.globalIdx));
      } else if (arrays == 2 || array == 1) {
        floats1.set(to, from.get(c.globalIdx));
      } else if (arrays == 3 || array == 2) {
        floats2.set(to, from.get(c.globalIdx));
      } else {
        floats3.set(to, from.get(c.globalIdx));
      }
    }
  }

  static void sendHalves(
      KernelContext c,
      IntArray control,
      LongArray from,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays) {
    int array = control.get(ARRAY);
    int to = control.get(OFFSET) + c.globalIdx;
    if (c.globalIdx < control.get(COUNT)) {
      if (arrays == 1 || array == 0) {
        halves.set(to, from.get(c.globalIdx));
      } else if (arrays == 2 || array == 1) {
        halves1.set(to, from.get(c.globalIdx));
      } else if (arrays == 3 || array == 2) {
        halves2.set(to, from.get(c.globalIdx));
      } else {
        halves3.set(to, from.get(c.globalIdx));
      }
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
