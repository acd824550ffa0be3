package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * Between the resident arrays and small ones that cross to the host: TornadoVM sends arrays whole.
 * The control array says how many elements, and where they are in the resident array.
 */
final class CopyKernels {
  /** Elements to copy. */
  static final int COUNT = OpEncoding.ARGUMENTS;

  /** Their place in the resident array. */
  static final int AT = OpEncoding.ARGUMENTS + 1;

  private CopyKernels() {}

  /**
   * Makes the resident arrays exist on the device. It writes whatever it is given an item for,
   * without a condition: an array that a kernel may leave as it is would be sent there first.
   */
  static void reserve(
      KernelContext c, IntArray tables, FloatArray floats, LongArray halves, DoubleArray doubles) {
    tables.set(c.globalIdx, 0);
    floats.set(c.globalIdx, 0f);
    halves.set(c.globalIdx, 0L);
    doubles.set(c.globalIdx, 0d);
  }

  static void sendInts(KernelContext c, IntArray control, IntArray from, IntArray tables) {
    if (c.globalIdx < control.get(COUNT)) {
      tables.set(control.get(AT) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendFloats(KernelContext c, IntArray control, FloatArray from, FloatArray floats) {
    if (c.globalIdx < control.get(COUNT)) {
      floats.set(control.get(AT) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendHalves(KernelContext c, IntArray control, LongArray from, LongArray halves) {
    if (c.globalIdx < control.get(COUNT)) {
      halves.set(control.get(AT) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void sendDoubles(
      KernelContext c, IntArray control, DoubleArray from, DoubleArray doubles) {
    if (c.globalIdx < control.get(COUNT)) {
      doubles.set(control.get(AT) + c.globalIdx, from.get(c.globalIdx));
    }
  }

  static void fetchFloats(KernelContext c, IntArray control, FloatArray floats, FloatArray to) {
    float value = 0;
    if (c.globalIdx < control.get(COUNT)) {
      value = floats.get(control.get(AT) + c.globalIdx);
    }
    to.set(c.globalIdx, value);
  }

  static void fetchDoubles(KernelContext c, IntArray control, DoubleArray doubles, DoubleArray to) {
    double value = 0;
    if (c.globalIdx < control.get(COUNT)) {
      value = doubles.get(control.get(AT) + c.globalIdx);
    }
    to.set(c.globalIdx, value);
  }
}
