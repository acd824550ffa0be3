package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import rankine.engine.checkpoint.Settings;

/**
 * SmolLM3 (Bakouch et al. 2025), with the semantics of Hugging Face's {@code SmolLM3ForCausalLM}:
 * LLaMA with layers that have no positions (NoPE, Yang et al. 2025).
 */
final class SmolLm3 {
  private static final double DEFAULT_THETA = 2e6;

  private SmolLm3() {}

  static LlamaDecoder read(Settings s) {
    s.ignore("pretraining_tp", "max_window_layers"); // no operation depends on them
    LlamaSettings settings = LlamaSettings.readWithoutBiases(s, true);
    int layers = settings.sizes().layers();
    IntPredicate rotates = rotates(s, layers);
    return LlamaDecoder.of(settings, RopeScaling.read(s, settings.sizes().headDim(), DEFAULT_THETA))
        .withRotaryOn(rotates)
        .withScores(
            LayerTypes.scoresIfUsed(
                s, layers, settings.fullAttention(), LayerTypes.window(s), rotates.negate()));
  }

  /** The layers marked 1 in {@code no_rope_layers}, else all but every interval-th. */
  private static IntPredicate rotates(Settings s, int layers) {
    int interval = s.count("no_rope_layer_interval", 4);
    Optional<List<Double>> list = s.numbers("no_rope_layers");
    if (list.isEmpty()) {
      return layer -> (layer + 1) % interval != 0;
    }
    List<Double> marks = list.get();
    if (marks.size() < layers || !marks.stream().allMatch(mark -> mark == 0 || mark == 1)) {
      throw s.unsupported("no_rope_layers", "0 or 1 for each of %d layers".formatted(layers));
    }
    return layer -> marks.get(layer) == 1;
  }
}
