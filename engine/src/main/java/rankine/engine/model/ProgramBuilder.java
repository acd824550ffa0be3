package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.checkpoint.RowBlocks;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * A part of a decoder, operation by operation in the order in which they run: one method per kind
 * of operation and of its tensors. Names of tensors follow the prefix of the part; a layer {@code
 * name} has its matrix in {@code name.weight} and its bias in {@code name.bias}.
 */
final class ProgramBuilder {
  /** The layer number of the embedding and of the head. */
  static final int NO_LAYER = -1;

  private final Weights weights;
  private final DecoderBuilder.NormRule norms;
  private final int headDim;
  private final int layer;
  private final String prefix;
  private final List<Op> ops = new ArrayList<>();

  /**
   * @param norms what all norms of the model have in common
   * @param headDim features of an attention head
   * @param layer from 0, or {@link #NO_LAYER}
   */
  ProgramBuilder(
      Weights weights, DecoderBuilder.NormRule norms, int headDim, int layer, String prefix) {
    this.weights = weights;
    this.norms = norms;
    this.headDim = headDim;
    this.layer = layer;
    this.prefix = prefix;
  }

  /** Returns the operations so far. */
  List<Op> ops() {
    return List.copyOf(ops);
  }

  /** Adds any other operation. */
  ProgramBuilder add(Op op) {
    ops.add(op);
    return this;
  }

  /**
   * {@code out = table[id]}.
   *
   * @param vocabSize rows of the table
   * @param tied whether the table is also the LM head
   */
  ProgramBuilder embed(String name, int vocabSize, boolean tied, Slot out) {
    Weight table = weights.embedding(prefix + name + ".weight", vocabSize, out.width(), tied);
    return add(new Op.Embed(table, out));
  }

  /**
   * {@code out += table[position + offset]}, learned positions.
   *
   * @param positions of the model; the table has {@code offset} more rows
   */
  ProgramBuilder addPosition(String name, int positions, int offset, Slot out) {
    String table = prefix + name + ".weight";
    RowBlocks rows = RowBlocks.range(offset, positions);
    return add(new Op.AddPosition(weights.rows(table, positions + offset, out.width(), rows), out));
  }

  /** LayerNorm with scale and shift. */
  ProgramBuilder layerNorm(String name, Slot in, Slot out) {
    Weight scale = weights.vector(prefix + name + ".weight", in.width());
    return add(new Op.LayerNorm(in, scale, bias(name, in), norms.epsilon(), out));
  }

  /** LayerNorm without shift. */
  ProgramBuilder layerNormWithoutShift(String name, Slot in, Slot out) {
    Weight scale = weights.vector(prefix + name + ".weight", in.width());
    return add(new Op.LayerNorm(in, scale, Optional.empty(), norms.epsilon(), out));
  }

  /** RMSNorm over all features. */
  ProgramBuilder rmsNorm(String name, Slot in, Slot out) {
    return rmsNorm(name, in, 1, out);
  }

  /** RMSNorm of each of {@code heads} heads, with one scale for all, in place. */
  ProgramBuilder headNorm(String name, Slot inOut, int heads) {
    return rmsNorm(name, inOut, heads, inOut);
  }

  private ProgramBuilder rmsNorm(String name, Slot in, int heads, Slot out) {
    String tensor = prefix + name + ".weight";
    int features = in.width() / heads;
    Weight scale =
        norms.plusOne() ? weights.onePlus(tensor, features) : weights.vector(tensor, features);
    return add(new Op.RmsNorm(in, scale, norms.epsilon(), heads, out));
  }

  /** {@code out = W in}. */
  ProgramBuilder linear(Module module, String name, Slot in, Slot out) {
    return linear(module, in, matrix(name, in, out), Optional.empty(), false, out);
  }

  /** {@code out = W in + b}. */
  ProgramBuilder biasedLinear(Module module, String name, Slot in, Slot out) {
    return linear(module, in, matrix(name, in, out), bias(name, out), false, out);
  }

  /** {@code residual += W in}. */
  ProgramBuilder addLinear(Module module, String name, Slot in, Slot residual) {
    return linear(module, in, matrix(name, in, residual), Optional.empty(), true, residual);
  }

  /** {@code residual += W in + b}. */
  ProgramBuilder addBiasedLinear(Module module, String name, Slot in, Slot residual) {
    return linear(module, in, matrix(name, in, residual), bias(name, residual), true, residual);
  }

  /** q, k and v = W in, W in {@code name.q_proj}, {@code name.k_proj}, {@code name.v_proj}. */
  ProgramBuilder qkv(String name, Slot in, Slot q, Slot k, Slot v) {
    return linear(Module.Q_PROJ, name + ".q_proj", in, q)
        .linear(Module.K_PROJ, name + ".k_proj", in, k)
        .linear(Module.V_PROJ, name + ".v_proj", in, v);
  }

  /** q, k and v = W in + b, named as in {@link #qkv}. */
  ProgramBuilder biasedQkv(String name, Slot in, Slot q, Slot k, Slot v) {
    return biasedLinear(Module.Q_PROJ, name + ".q_proj", in, q)
        .biasedLinear(Module.K_PROJ, name + ".k_proj", in, k)
        .biasedLinear(Module.V_PROJ, name + ".v_proj", in, v);
  }

  /**
   * {@code gate = f(W_gate in) · (W_up in)}, W in {@code name.gate_proj} and {@code name.up_proj}.
   */
  ProgramBuilder gatedLinear(
      ActivationFunction function, String name, Slot in, Slot gate, Slot up) {
    return linear(Module.FC_IN, name + ".gate_proj", in, gate)
        .linear(Module.FC_UP, name + ".up_proj", in, up)
        .gated(function, gate, up);
  }

  /**
   * {@code out = W in} with W the rows {@code part} of a fused matrix.
   *
   * @param rows of the fused matrix
   */
  ProgramBuilder fusedLinear(
      Module module, String name, int rows, RowBlocks part, Slot in, Slot out) {
    Weight w = weights.fusedLinear(module, prefix + name + ".weight", rows, in.width(), part);
    return linear(module, in, w, Optional.empty(), false, out);
  }

  /** {@code out = W in + b} with W and b the rows {@code part} of a fused matrix and its bias. */
  ProgramBuilder biasedFusedLinear(
      Module module, String name, int rows, RowBlocks part, Slot in, Slot out) {
    Weight w = weights.fusedLinear(module, prefix + name + ".weight", rows, in.width(), part);
    Weight b = weights.vectorRows(prefix + name + ".bias", rows, part);
    return linear(module, in, w, Optional.of(b), false, out);
  }

  /** {@code out = W in + b}, W stored as [in, out]: GPT-2's Conv1D. */
  ProgramBuilder conv1d(Module module, String name, Slot in, Slot out) {
    return linear(module, in, conv1d(name, in, out), bias(name, out), false, out);
  }

  /** {@code residual += W in + b}, W stored as [in, out]. */
  ProgramBuilder addConv1d(Module module, String name, Slot in, Slot residual) {
    return linear(module, in, conv1d(name, in, residual), bias(name, residual), true, residual);
  }

  /** {@code out = W in + b}, with W and b the outputs {@code part} of a fused Conv1D. */
  ProgramBuilder fusedConv1d(
      Module module, String name, int outputs, RowBlocks part, Slot in, Slot out) {
    Weight w = weights.fusedConv1d(module, prefix + name + ".weight", outputs, in.width(), part);
    Weight b = weights.vectorRows(prefix + name + ".bias", outputs, part);
    return linear(module, in, w, Optional.of(b), false, out);
  }

  /** The LM head: {@code logits = W in}. */
  ProgramBuilder lmHead(String name, Slot in, Slot logits) {
    return add(lmHead(name, in, Optional.empty(), logits));
  }

  /** The LM head with a bias: {@code logits = W in + b}, b in {@code bias}. */
  ProgramBuilder lmHead(String name, String bias, Slot in, Slot logits) {
    return add(lmHead(name, in, Optional.of(weights.vector(bias, logits.width())), logits));
  }

  /** A tied head may be stored once more under its own name. */
  private Op lmHead(String name, Slot in, Optional<Weight> bias, Slot logits) {
    Weight w = weights.matrix(prefix + name + ".weight", logits.width(), in.width());
    weights.ignore("lm_head.weight");
    return new Op.Linear("lm_head", in, w, bias, false, logits);
  }

  /** Rotary position embedding of the queries and the keys, in place. */
  ProgramBuilder rotary(Slot q, Slot k, RotaryFrequencies frequencies, Op.Pairing pairing) {
    return add(new Op.Rotary(q, q.width() / headDim, headDim, frequencies, pairing))
        .add(new Op.Rotary(k, k.width() / headDim, headDim, frequencies, pairing));
  }

  /** Appends the keys and values to this layer's cache. */
  ProgramBuilder appendKv(Slot keys, Slot values) {
    return add(new Op.AppendKv(layer, keys, values));
  }

  /** Attention of the queries over this layer's cache. */
  ProgramBuilder attention(Slot queries, int heads, AttentionScores scores, Slot out) {
    return add(new Op.Attention(layer, queries, heads, scores, out));
  }

  /** {@code inOut = f(inOut)}. */
  ProgramBuilder activation(ActivationFunction function, Slot inOut) {
    return add(new Op.Activation(inOut, function));
  }

  /** {@code gate = f(gate) · up}. */
  ProgramBuilder gated(ActivationFunction function, Slot gate, Slot up) {
    return add(new Op.GatedActivation(gate, function, up));
  }

  /** {@code inOut *= factor}. */
  ProgramBuilder scale(Slot inOut, float factor) {
    return add(new Op.Scale(inOut, factor));
  }

  /** {@code inOut = cap · tanh(inOut / cap)}. */
  ProgramBuilder softCap(Slot inOut, float cap) {
    return add(new Op.SoftCap(inOut, cap));
  }

  /** {@code residual += branch}. */
  ProgramBuilder addBranch(Slot branch, Slot residual) {
    return add(new Op.Add(branch, residual));
  }

  /** {@code residual += factor · branch}; the branch is scaled in place. */
  ProgramBuilder addScaledBranch(Slot branch, float factor, Slot residual) {
    return scale(branch, factor).addBranch(branch, residual);
  }

  /** Continues with the rows that need logits. */
  ProgramBuilder gatherRows(Slot in, Slot out) {
    return add(new Op.GatherRows(in, out));
  }

  private ProgramBuilder linear(
      Module module, Slot in, Weight w, Optional<Weight> bias, boolean accumulate, Slot out) {
    return add(new Op.Linear(module.in(layer), in, w, bias, accumulate, out));
  }

  private Weight matrix(String name, Slot in, Slot out) {
    return weights.linear(prefix + name + ".weight", out.width(), in.width());
  }

  private Weight conv1d(String name, Slot in, Slot out) {
    return weights.conv1d(prefix + name + ".weight", out.width(), in.width());
  }

  private Optional<Weight> bias(String name, Slot out) {
    return Optional.of(weights.vector(prefix + name + ".bias", out.width()));
  }
}
