package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A decoder-only transformer under construction: its activations, and a {@link ProgramBuilder} for
 * the embedding, for each block and for the head. An architecture writes out its maths with them.
 */
final class DecoderBuilder {
  /** The residual stream, [hiddenSize]. */
  final Slot residual;

  /** Input of attention or MLP, [hiddenSize]. */
  final Slot normed;

  /** Output of attention or MLP where it is not added to the residual at once, [hiddenSize]. */
  final Slot branch;

  /** Queries, [heads · headDim]. */
  final Slot q;

  /** Keys, [kvHeads · headDim]. */
  final Slot k;

  /** Values, [kvHeads · headDim]. */
  final Slot v;

  /** Output of the attention heads, [heads · headDim]. */
  final Slot attnOut;

  /** MLP hidden layer, or its gate, [intermediateSize]. */
  final Slot mlpHidden;

  /** Up projection of a gated MLP, [intermediateSize]. */
  final Slot up;

  /** The residual stream of the logit rows, [hiddenSize]. */
  final Slot finalHidden;

  /** The logits, [vocabSize]. */
  final Slot logits;

  private final ModelConfig sizes;
  private final NormRule norms;
  private final Weights weights;
  private final ProgramBuilder embedding;
  private final List<ProgramBuilder> layers = new ArrayList<>();
  private final ProgramBuilder head;

  /**
   * @param norms what all norms of the model have in common
   */
  DecoderBuilder(ModelConfig sizes, NormRule norms, Weights weights) {
    this.sizes = sizes;
    this.norms = norms;
    this.weights = weights;
    this.embedding = program(ProgramBuilder.NO_LAYER, "");
    this.head = program(ProgramBuilder.NO_LAYER, "");
    this.residual = Slot.tokens("residual", sizes.hiddenSize());
    this.normed = Slot.tokens("normed", sizes.hiddenSize());
    this.branch = Slot.tokens("branch", sizes.hiddenSize());
    this.q = Slot.tokens("q", sizes.queryWidth());
    this.k = Slot.tokens("k", sizes.kvWidth());
    this.v = Slot.tokens("v", sizes.kvWidth());
    this.attnOut = Slot.tokens("attn_out", sizes.queryWidth());
    this.mlpHidden = Slot.tokens("mlp_hidden", sizes.intermediateSize());
    this.up = Slot.tokens("up", sizes.intermediateSize());
    this.finalHidden = Slot.logitRows("final_hidden", sizes.hiddenSize());
    this.logits = Slot.logitRows("logits", sizes.vocabSize());
  }

  /** The program from token ids to the residual stream. */
  ProgramBuilder embedding() {
    return embedding;
  }

  /**
   * Begins the next block.
   *
   * @param prefix of the names of its tensors, e.g. {@code model.layers.3.}
   */
  ProgramBuilder layer(String prefix) {
    layers.add(program(layers.size(), prefix));
    return layers.getLast();
  }

  /** The program from the residual stream to the logits; it gathers the logit rows first. */
  ProgramBuilder head() {
    return head;
  }

  /**
   * The head of LLaMA and similar architectures: the norm {@code model.norm}, then the LM head,
   * computed for the logit rows only.
   *
   * @param lmHead the name of its tensor
   */
  ProgramBuilder rmsNormHead(String lmHead) {
    return head.gatherRows(residual, finalHidden)
        .rmsNorm("model.norm", finalHidden, finalHidden)
        .lmHead(lmHead, finalHidden, logits);
  }

  private ProgramBuilder program(int layer, String prefix) {
    return new ProgramBuilder(weights, norms, sizes.headDim(), layer, prefix);
  }

  /** Returns the finished model. */
  Model model() {
    List<List<Op>> blocks = layers.stream().map(ProgramBuilder::ops).toList();
    return new Model(sizes, embedding.ops(), blocks, head.ops(), logits, Optional.empty());
  }

  /**
   * What all norms of a model have in common.
   *
   * @param epsilon added to the variance or to the mean square
   * @param plusOne whether an RMSNorm scales by {@code 1 + weight}: Gemma
   */
  record NormRule(float epsilon, boolean plusOne) {
    /** Norms that scale by their weight. */
    static NormRule of(float epsilon) {
      return new NormRule(epsilon, false);
    }
  }
}
