package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What follows the product of a linear layer, in the same kernel. */
final class LinearEpilogue {
  private LinearEpilogue() {}

  /** Adds the bias, applies the epilogue and stores one output. */
  static void store(IntArray tables, FloatArray floats, int op, int row, int output, float sum) {
    int bias = tables.get(op + OpEncoding.BIAS);
    int epilogue = tables.get(op + OpEncoding.EPILOGUE);
    int at = row * tables.get(op + OpEncoding.OUT_WIDTH) + output;
    int out = tables.get(op + OpEncoding.OUT) + at;
    float y = sum;
    if (bias >= 0) {
      y = sum + floats.get(bias + output);
    }
    if (epilogue == OpEncoding.ACCUMULATE) {
      y = floats.get(out) + y;
    } else if (epilogue == OpEncoding.ACTIVATE) {
      y = ElementwiseKernels.activation(tables.get(op + OpEncoding.FUNCTION), y);
    } else if (epilogue == OpEncoding.GATE) {
      out = tables.get(op + OpEncoding.SECOND_OPERAND) + at;
      y = ElementwiseKernels.activation(tables.get(op + OpEncoding.FUNCTION), floats.get(out)) * y;
    }
    floats.set(out, y);
  }
}
