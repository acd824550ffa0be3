package rankine.kernels;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One step of a program. A program is a list of these: data that a {@link Backend} runs as a whole,
 * so that a device can compile a layer once, run it for every layer by exchanging the weights, and
 * keep everything resident. Nothing here computes.
 *
 * <p>An operation says what it reads, writes and uses, so code that moves, renames or encodes
 * operations needs no case for each of them.
 *
 * <p>Notation: t is a row (a token of the batch), [width] the features of a slot. All maths is
 * float32; a sum runs in an order that depends neither on the batch nor on the number of threads.
 */
public sealed interface Op {

  /** The slots whose content the operation depends on, the main input first. */
  List<Slot> reads();

  /** The slots that the operation writes; it writes every row of them. */
  List<Slot> writes();

  /** The weights that the operation uses: the matrix, table or scale first, then its bias. */
  default List<Weight> weights() {
    return List.of();
  }

  /** The same operation on {@code rename(slot)} in place of each slot. */
  Op withSlots(UnaryOperator<Slot> rename);

  /**
   * Whether the operation needs one row per token, because it reads ids, positions or sequences.
   * The others run on {@link Slot.RowDomain#LOGIT_ROWS} too.
   */
  default boolean tokenRowsOnly() {
    return false;
  }

  /** Computes each row of {@link #out} from the same row of {@link #in} and of {@code out}. */
  sealed interface RowWise extends Op {
    /** The input; {@link #out} if the operation works in place on one slot. */
    default Slot in() {
      return out();
    }

    /** The output. */
    Slot out();

    @Override
    default List<Slot> reads() {
      return List.of(in());
    }

    @Override
    default List<Slot> writes() {
      return List.of(out());
    }
  }

  /** Reads or writes the KV cache of a layer. A cache is no slot. */
  sealed interface KvOp extends Op {
    /** The layer of the cache, from 0. */
    int layer();

    /** The same operation on another layer of the cache. */
    KvOp onLayer(int layer);
  }

  /** {@code out[t] = table[id(t)]}; table [vocabSize, width]. */
  record Embed(Weight table, Slot out) implements RowWise {
    @Override
    public List<Slot> reads() {
      return List.of();
    }

    @Override
    public List<Weight> weights() {
      return List.of(table);
    }

    @Override
    public Embed withSlots(UnaryOperator<Slot> rename) {
      return new Embed(table, rename.apply(out));
    }

    @Override
    public boolean tokenRowsOnly() {
      return true;
    }
  }

  /** {@code out[t] += table[position(t)]}; table [positions, width]. Learned positions, GPT-2. */
  record AddPosition(Weight table, Slot out) implements RowWise {
    @Override
    public List<Weight> weights() {
      return List.of(table);
    }

    @Override
    public AddPosition withSlots(UnaryOperator<Slot> rename) {
      return new AddPosition(table, rename.apply(out));
    }

    @Override
    public boolean tokenRowsOnly() {
      return true;
    }
  }

  /**
   * {@code out[t] = (in[t] - mean) / sqrt(variance + epsilon) * scale + shift}, mean and (biased)
   * variance over the features; Ba, Kiros and Hinton 2016, eq. 3–4. {@code in} may be {@code out}.
   *
   * @param shift none for Cohere's norms
   */
  record LayerNorm(Slot in, Weight scale, Optional<Weight> shift, float epsilon, Slot out)
      implements RowWise {
    @Override
    public List<Weight> weights() {
      return shift.isPresent() ? List.of(scale, shift.get()) : List.of(scale);
    }

    @Override
    public LayerNorm withSlots(UnaryOperator<Slot> rename) {
      return new LayerNorm(rename.apply(in), scale, shift, epsilon, rename.apply(out));
    }
  }

  /**
   * {@code out[t] = in[t] / sqrt(mean(in[t]^2) + epsilon) * scale}; Zhang and Sennrich 2019, eq. 4.
   * A row is {@code heads} vectors of equal length, each normalised by itself with the same scale
   * [width / heads]: 1 for a norm over all features. {@code in} may be {@code out}.
   */
  record RmsNorm(Slot in, Weight scale, float epsilon, int heads, Slot out) implements RowWise {
    /** Checks that the scale has the features of a head. */
    public RmsNorm {
      if ((long) heads * scale.cols() != in.width()) {
        throw new IllegalArgumentException(
            "RMSNorm over %d heads: expected a scale for %d features, found %d"
                .formatted(heads, in.width(), scale.cols()));
      }
    }

    @Override
    public List<Weight> weights() {
      return List.of(scale);
    }

    @Override
    public RmsNorm withSlots(UnaryOperator<Slot> rename) {
      return new RmsNorm(rename.apply(in), scale, epsilon, heads, rename.apply(out));
    }
  }

  /**
   * {@code out[t] = W in[t] + bias}, or {@code out[t] += W in[t] + bias} with {@code accumulate}
   * (the residual). W [out.width, in.width].
   *
   * @param name the module, for profiles and edits, e.g. {@code 3.fc_in}
   */
  record Linear(
      String name, Slot in, Weight weight, Optional<Weight> bias, boolean accumulate, Slot out)
      implements Op {

    /** Checks the shapes, and that input and output are two slots. */
    public Linear {
      if (weight.rows() != out.width() || weight.cols() != in.width()) {
        throw new IllegalArgumentException(
            "%s: expected a weight [%d, %d], found [%d, %d]"
                .formatted(name, out.width(), in.width(), weight.rows(), weight.cols()));
      }
      if (in.equals(out)) {
        throw new IllegalArgumentException(name + ": input and output are the same slot");
      }
    }

    @Override
    public List<Slot> reads() {
      return accumulate ? List.of(in, out) : List.of(in);
    }

    @Override
    public List<Slot> writes() {
      return List.of(out);
    }

    @Override
    public List<Weight> weights() {
      return bias.isPresent() ? List.of(weight, bias.get()) : List.of(weight);
    }

    @Override
    public Linear withSlots(UnaryOperator<Slot> rename) {
      return new Linear(name, rename.apply(in), weight, bias, accumulate, rename.apply(out));
    }

    /** The same layer with another W of the same shape. */
    public Linear withWeight(Weight other) {
      return new Linear(name, in, other, bias, accumulate, out);
    }
  }

  /**
   * Rotary position embedding of Su et al. 2021 (RoFormer), eq. 34, on the first {@code
   * frequencies.rotaryDim()} features of each of {@code heads} heads of {@code headDim}, in place.
   */
  record Rotary(Slot out, int heads, int headDim, RotaryFrequencies frequencies, Pairing pairing)
      implements RowWise {
    @Override
    public Rotary withSlots(UnaryOperator<Slot> rename) {
      return new Rotary(rename.apply(out), heads, headDim, frequencies, pairing);
    }

    @Override
    public boolean tokenRowsOnly() {
      return true;
    }
  }

  /** Which two features of a head rotate together. */
  enum Pairing {
    /** Features 2i and 2i + 1: GPT-J. */
    INTERLEAVED,
    /** Features i and i + rotaryDim / 2: LLaMA, GPT-NeoX. */
    HALVES
  }

  /** Appends keys and values [t, kvHeads · headDim] of {@code layer} to each sequence's cache. */
  record AppendKv(int layer, Slot keys, Slot values) implements KvOp {
    @Override
    public List<Slot> reads() {
      return List.of(keys, values);
    }

    @Override
    public List<Slot> writes() {
      return List.of();
    }

    @Override
    public AppendKv withSlots(UnaryOperator<Slot> rename) {
      return new AppendKv(layer, rename.apply(keys), rename.apply(values));
    }

    @Override
    public AppendKv onLayer(int other) {
      return new AppendKv(other, keys, values);
    }

    @Override
    public boolean tokenRowsOnly() {
      return true;
    }
  }

  /**
   * Causal attention of each token over its own sequence up to itself: {@code softmax(scores) V}
   * per head, scores {@code scale · q Kᵀ}; Vaswani et al. 2017, eq. 1. Query head h reads key/value
   * head {@code h · kvHeads / heads} (grouped-query attention, Ainslie et al. 2023). The keys and
   * values of these tokens must already be in the cache. Queries have one row per token, or one row
   * per logit row.
   */
  record Attention(int layer, Slot queries, int heads, AttentionScores scores, Slot out)
      implements KvOp {
    @Override
    public List<Slot> reads() {
      return List.of(queries);
    }

    @Override
    public List<Slot> writes() {
      return List.of(out);
    }

    @Override
    public Attention withSlots(UnaryOperator<Slot> rename) {
      return new Attention(layer, rename.apply(queries), heads, scores, rename.apply(out));
    }

    @Override
    public Attention onLayer(int other) {
      return new Attention(other, queries, heads, scores, out);
    }
  }

  /** {@code out[t] = f(out[t])}. */
  record Activation(Slot out, ActivationFunction function) implements RowWise {
    @Override
    public Activation withSlots(UnaryOperator<Slot> rename) {
      return new Activation(rename.apply(out), function);
    }
  }

  /** {@code out[t] = f(out[t]) · up[t]}: SwiGLU with SiLU, GeGLU with GELU; Shazeer 2020. */
  record GatedActivation(Slot out, ActivationFunction function, Slot up) implements RowWise {
    @Override
    public Slot in() {
      return up;
    }

    @Override
    public List<Slot> reads() {
      return List.of(out, up);
    }

    @Override
    public GatedActivation withSlots(UnaryOperator<Slot> rename) {
      return new GatedActivation(rename.apply(out), function, rename.apply(up));
    }
  }

  /** {@code out[t] = factor · out[t]}: multipliers of embeddings, branches and logits. */
  record Scale(Slot out, float factor) implements RowWise {
    @Override
    public Scale withSlots(UnaryOperator<Slot> rename) {
      return new Scale(rename.apply(out), factor);
    }
  }

  /** {@code out[t] = cap · tanh(out[t] / cap)}; Gemma Team 2024, Gemma 2, section 2. */
  record SoftCap(Slot out, float cap) implements RowWise {
    /** Checks the cap. */
    public SoftCap {
      if (!(cap > 0)) {
        throw new IllegalArgumentException("soft cap: expected a positive number, found " + cap);
      }
    }

    @Override
    public SoftCap withSlots(UnaryOperator<Slot> rename) {
      return new SoftCap(rename.apply(out), cap);
    }
  }

  /** {@code out[t] += in[t]}: the residual of a branch that is normalised or scaled first. */
  record Add(Slot in, Slot out) implements RowWise {
    @Override
    public List<Slot> reads() {
      return List.of(out, in);
    }

    @Override
    public Add withSlots(UnaryOperator<Slot> rename) {
      return new Add(rename.apply(in), rename.apply(out));
    }
  }

  /** {@code out[i] = in[logitRows[i]]}: only the rows that need logits continue. */
  record GatherRows(Slot in, Slot out) implements Op {
    @Override
    public List<Slot> reads() {
      return List.of(in);
    }

    @Override
    public List<Slot> writes() {
      return List.of(out);
    }

    @Override
    public GatherRows withSlots(UnaryOperator<Slot> rename) {
      return new GatherRows(rename.apply(in), rename.apply(out));
    }

    @Override
    public boolean tokenRowsOnly() {
      return true;
    }
  }
}
