package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task6;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** The kernels of a model's operations: all with the same parameters, so any list is a graph. */
enum DeviceKernel {
  EMBED(64, EmbeddingKernels::embed),
  ADD_POSITION(64, EmbeddingKernels::addPosition),
  SELECT(64, EmbeddingKernels::takeLogitRows),
  STORE(64, EmbeddingKernels::storeKeysValues),
  LAYER_NORM(NormKernels.GROUP, NormKernels::layerNorm),
  RMS_NORM(NormKernels.GROUP, NormKernels::rmsNorm),
  LINEAR_ROW(LinearKernels.OUTPUTS, LinearKernels::oneRow),
  LINEAR_TILE(LinearKernels.TILE_GROUP, LinearKernels::tile),
  ROTARY(64, ElementwiseKernels::rotaryRows),
  ATTEND(AttentionKernels.GROUP, AttentionKernels::attend),
  GELU(64, ElementwiseKernels::geluRows),
  SILU_GATE(64, ElementwiseKernels::gateRows);

  /** A kernel's parameters; the last is its place in its graph. */
  interface KernelCode
      extends Task6<KernelContext, IntArray, IntArray, FloatArray, LongArray, Integer> {}

  private final int group;

  // A method reference, which holds nothing.
  @SuppressWarnings("ImmutableEnumChecker")
  private final KernelCode code;

  DeviceKernel(int group, KernelCode code) {
    this.group = group;
    this.code = code;
  }

  /** Work-items of a group. */
  int group() {
    return group;
  }

  /** What TornadoVM compiles. */
  KernelCode code() {
    return code;
  }
}
