package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.RotaryFrequencies;

/**
 * Phi-3's rotary frequencies: those of {@link RopeScaling}, on the first part of each head, or
 * LongRoPE (Ding et al. 2024), as in Hugging Face's {@code modeling_rope_utils}.
 *
 * <p>LongRoPE has one set of frequencies for sequences up to {@code
 * original_max_position_embeddings} tokens and another for longer ones, which holds for all their
 * positions. So a KV cache serves one of them, and a sequence that grows past that length is
 * computed anew: {@link Model#forLongSequences}.
 *
 * @param contextLength positions that {@code frequencies} are for
 * @param longContext the frequencies of longer sequences, if there are any
 */
record LongRope(
    RotaryFrequencies frequencies, int contextLength, Optional<Model.LongContext> longContext) {
  /** The name, and that of its first publication. */
  private static final Set<String> TYPES = Set.of("longrope", "su");

  private static final String ORIGINAL = "original_max_position_embeddings";

  /** Reads the frequencies and the context. */
  static LongRope read(Settings s, ModelConfig sizes) {
    int context = sizes.contextLength();
    Optional<Settings> scaling = s.object("rope_parameters").or(() -> s.object("rope_scaling"));
    int rotaryDim = RopeScaling.rotaryDim(s, RopeScaling.PART, 1, sizes.headDim());
    Optional<String> type =
        scaling.flatMap(r -> r.optionalText("rope_type").or(() -> r.optionalText("type")));
    s.ignore(ORIGINAL); // read below where it matters
    if (type.filter(TYPES::contains).isEmpty()) {
      return new LongRope(RopeScaling.read(s, rotaryDim), context, Optional.empty());
    }
    Settings r = scaling.get();
    r.optionalText("type");
    // transformers 5 stores it with the factors.
    int original = r.has(ORIGINAL) ? r.count(ORIGINAL) : s.count(ORIGINAL);
    if (original > context) {
      throw s.unsupported(ORIGINAL, "at most max_position_embeddings " + context);
    }
    double theta = RopeScaling.theta(s, RopeScaling.DEFAULT_THETA);
    List<Double> within = factors(r, "short_factor", rotaryDim / 2);
    List<Double> beyond = factors(r, "long_factor", rotaryDim / 2);
    double ratio = (double) context / original;
    double scale = ratio == 1 ? 1 : Math.sqrt(1 + StrictMath.log(ratio) / StrictMath.log(original));
    double amplitude = r.number("attention_factor", scale);
    r.ignore("factor"); // Phi-3 derives it from the two lengths
    RotaryFrequencies frequencies = frequencies(theta, within, amplitude);
    return new LongRope(
        frequencies,
        original,
        original == context
            ? Optional.empty()
            : Optional.of(
                new Model.LongContext(
                    context, frequencies, frequencies(theta, beyond, amplitude))));
  }

  private static RotaryFrequencies frequencies(
      double theta, List<Double> factors, double amplitude) {
    float[] inverse = new float[factors.size()];
    for (int i = 0; i < inverse.length; i++) {
      double power = StrictMath.pow(theta, (double) i / inverse.length);
      inverse[i] = (float) (1 / (factors.get(i) * power));
    }
    return new RotaryFrequencies(inverse, amplitude);
  }

  private static List<Double> factors(Settings r, String key, int count) {
    List<Double> factors = r.numbers(key).orElse(List.of());
    if (factors.size() != count || !factors.stream().allMatch(factor -> factor > 0)) {
      throw r.unsupported(key, "a list of %d positive numbers".formatted(count));
    }
    return factors;
  }
}
