package rankine.kernels;

import java.util.Optional;

/**
 * One step of a program. A program is a list of these: data that a {@link Backend} runs as a whole,
 * so that a device can compile a layer once, run it for every layer by exchanging the weights, and
 * keep everything resident. Nothing here computes.
 *
 * <p>Notation: t is a row (a token of the batch), [width] the features of a slot. All maths is
 * float32; a sum runs in an order that depends neither on the batch nor on the number of threads.
 */
public sealed interface Op {

  /** {@code out[t] = table[id(t)]}; table [vocabSize, width]. */
  record Embed(Weight table, Slot out) implements Op {}

  /** {@code inOut[t] += table[position(t)]}; table [positions, width]. Learned positions, GPT-2. */
  record AddPosition(Weight table, Slot inOut) implements Op {}

  /**
   * {@code out[t] = (in[t] - mean) / sqrt(variance + epsilon) * scale + shift}, mean and (biased)
   * variance over the features; Ba, Kiros and Hinton 2016, eq. 3–4. {@code in} may be {@code out}.
   */
  record LayerNorm(Slot in, Weight scale, Weight shift, float epsilon, Slot out) implements Op {}

  /**
   * {@code out[t] = in[t] / sqrt(mean(in[t]^2) + epsilon) * scale}; Zhang and Sennrich 2019, eq. 4.
   */
  record RmsNorm(Slot in, Weight scale, float epsilon, Slot out) implements Op {}

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
  }

  /**
   * Rotary position embedding of Su et al. 2021 (RoFormer), eq. 34, on the first {@code
   * frequencies.rotaryDim()} features of each of {@code heads} heads of {@code headDim}, in place.
   */
  record Rotary(Slot inOut, int heads, int headDim, RotaryFrequencies frequencies, Pairing pairing)
      implements Op {}

  /** Which two features of a head rotate together. */
  enum Pairing {
    /** Features 2i and 2i + 1: GPT-J. */
    INTERLEAVED,
    /** Features i and i + rotaryDim / 2: LLaMA, GPT-NeoX. */
    HALVES
  }

  /** Appends keys and values [t, kvHeads · headDim] of {@code layer} to each sequence's cache. */
  record AppendKv(int layer, Slot keys, Slot values) implements Op {}

  /**
   * Causal attention of each token over its own sequence up to itself: {@code softmax(scale · q Kᵀ)
   * V} per head; Vaswani et al. 2017, eq. 1. Query head h reads key/value head {@code h · kvHeads /
   * heads} (grouped-query attention, Ainslie et al. 2023). The keys and values of these tokens must
   * already be in the cache. Queries have one row per token, or one row per logit row.
   */
  record Attention(int layer, Slot queries, int heads, float scale, Slot out) implements Op {}

  /**
   * The tanh form of GELU, in place: {@code 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))};
   * Hendrycks and Gimpel 2016. Hugging Face's {@code gelu_new}.
   */
  record Gelu(Slot inOut) implements Op {}

  /** {@code inOut[t] = silu(inOut[t]) · up[t]}, silu(x) = x / (1 + e^-x): SwiGLU, Shazeer 2020. */
  record SwiGlu(Slot inOut, Slot up) implements Op {}

  /** {@code out[i] = in[logitRows[i]]}: only the rows that need logits continue. */
  record GatherRows(Slot in, Slot out) implements Op {}
}
