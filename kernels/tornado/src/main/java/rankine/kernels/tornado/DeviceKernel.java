package rankine.kernels.tornado;

import rankine.kernels.Op;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** The kernels of a model's operations; any sequence of them is a graph. */
enum DeviceKernel {
  EMBED(EmbeddingKernels.GROUP, EmbeddingKernels::embed),
  ADD_POSITION(EmbeddingKernels.GROUP, EmbeddingKernels::addPosition),
  GATHER_ROWS(EmbeddingKernels.GROUP, EmbeddingKernels::gatherRows),
  APPEND_KV(EmbeddingKernels.GROUP, EmbeddingKernels::appendKv),
  LAYER_NORM(NormKernels.GROUP, NormKernels::layerNorm),
  RMS_NORM(NormKernels.GROUP, NormKernels::rmsNorm),
  LINEAR_GEMV(GemvKernel.GROUP, GemvKernel::gemv),
  LINEAR_GEMM(GemmKernel.GROUP, GemmKernel::gemm),
  ROTARY(64, ElementwiseKernels::rotaryRows),

  /** For few rows. */
  ATTENTION(AttentionKernels.GROUP, AttentionKernels::attention),

  /** Follows {@link #ATTENTION}; where no row is split, it is {@link #MEMBER} of that launch. */
  ATTENTION_COMBINE(AttentionKernels.GROUP, AttentionKernels::combineSplits),

  /** For many rows. */
  TILED_ATTENTION(TiledAttentionKernel.GROUP, TiledAttentionKernel::tiledAttention),
  ACTIVATION(64, ElementwiseKernels::activation),
  GATED_ACTIVATION(64, ElementwiseKernels::gatedActivation),
  SCALE(64, ElementwiseKernels::scale),
  SOFT_CAP(64, ElementwiseKernels::softCap),
  ADD(64, ElementwiseKernels::add),

  /** Two rotary embeddings and the append of their keys: three operations. */
  APPEND_ROTATED(EmbeddingKernels.GROUP, EmbeddingKernels::appendRotated),

  /** No kernel: an operation that runs within the launch of one before it. */
  MEMBER(0, (KernelCode) null);

  /** What TornadoVM compiles: by parameters, the last of which is the index in the graph. */
  sealed interface KernelCode permits FirstArrayCode, KvCode, WeightCode {}

  /** Code on the first array of floats. */
  non-sealed interface FirstArrayCode
      extends KernelCode, Task5<KernelContext, IntArray, IntArray, FloatArray, Integer> {}

  /** Code that reads or writes keys and values, which are in any array of floats. */
  non-sealed interface KvCode
      extends KernelCode,
          Task9<
              KernelContext,
              IntArray,
              IntArray,
              FloatArray,
              FloatArray,
              FloatArray,
              FloatArray,
              Integer,
              Integer> {}

  /** Code that reads weights, which are in any array. */
  non-sealed interface WeightCode
      extends KernelCode,
          Task13<
              KernelContext,
              IntArray,
              IntArray,
              FloatArray,
              FloatArray,
              FloatArray,
              FloatArray,
              LongArray,
              LongArray,
              LongArray,
              LongArray,
              Integer,
              Integer> {}

  private final int group;

  // A method reference without captured state.
  @SuppressWarnings("ImmutableEnumChecker")
  private final KernelCode code;

  DeviceKernel(int group, FirstArrayCode code) {
    this(group, (KernelCode) code);
  }

  DeviceKernel(int group, KvCode code) {
    this(group, (KernelCode) code);
  }

  DeviceKernel(int group, WeightCode code) {
    this(group, (KernelCode) code);
  }

  DeviceKernel(int group, KernelCode code) {
    this.group = group;
    this.code = code;
  }

  /** Work-items per group. */
  int group() {
    return group;
  }

  /** The method that TornadoVM compiles; null for {@link #MEMBER}. */
  KernelCode code() {
    return code;
  }

  /** The kernel of an operation, for many rows. */
  static DeviceKernel of(Op op) {
    return switch (op) {
      case Op.Embed _ -> EMBED;
      case Op.AddPosition _ -> ADD_POSITION;
      case Op.LayerNorm _ -> LAYER_NORM;
      case Op.RmsNorm _ -> RMS_NORM;
      case Op.Linear _ -> LINEAR_GEMM;
      case Op.Rotary _ -> ROTARY;
      case Op.AppendKv _ -> APPEND_KV;
      case Op.Attention _ -> TILED_ATTENTION;
      case Op.Activation _ -> ACTIVATION;
      case Op.GatedActivation _ -> GATED_ACTIVATION;
      case Op.Scale _ -> SCALE;
      case Op.SoftCap _ -> SOFT_CAP;
      case Op.Add _ -> ADD;
      case Op.GatherRows _ -> GATHER_ROWS;
    };
  }
}
