package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.AttentionScores;

/**
 * Which layers attend to a window of positions: {@code layer_types} and {@code sliding_window} of
 * config.json.
 */
final class LayerTypes {
  private static final String KEY = "layer_types";

  /** The type of a layer that attends to all positions before it. */
  static final String FULL = "full_attention";

  /** The type of a layer with a window. */
  static final String WINDOWED = "sliding_attention";

  private static final String WINDOW = "sliding_window";

  private LayerTypes() {}

  /**
   * Returns the attention of each layer: {@code full}, with the window {@code sliding_window} on
   * the layers that have one.
   *
   * @param layers number of layers
   * @param otherwise the layers with a window where {@code layer_types} is absent
   */
  static IntFunction<AttentionScores> scores(
      Settings s, int layers, AttentionScores full, IntPredicate otherwise) {
    IntPredicate windowed = windowed(s, layers, otherwise);
    if (IntStream.range(0, layers).noneMatch(windowed)) {
      s.ignore(WINDOW);
      return _ -> full;
    }
    AttentionScores within = full.withWindow(s.count(WINDOW));
    return layer -> windowed.test(layer) ? within : full;
  }

  /** As {@link #scores}, but without any window unless {@code use_sliding_window} is true. */
  static IntFunction<AttentionScores> scoresIfUsed(
      Settings s, int layers, AttentionScores full, IntPredicate otherwise) {
    if (s.flag("use_sliding_window", false) && s.has(WINDOW)) {
      return scores(s, layers, full, otherwise);
    }
    s.ignore(WINDOW);
    if (IntStream.range(0, layers).anyMatch(windowed(s, layers, _ -> false))) {
      throw s.unsupported(KEY, FULL + " for each layer while use_sliding_window is false");
    }
    return _ -> full;
  }

  /**
   * Returns {@code full} with the window {@code sliding_window}, if there is one, on all layers.
   */
  static IntFunction<AttentionScores> oneWindow(Settings s, AttentionScores full) {
    OptionalInt window = s.optionalCount(WINDOW);
    AttentionScores scores = window.isPresent() ? full.withWindow(window.getAsInt()) : full;
    return _ -> scores;
  }

  /**
   * Returns the layers with a window.
   *
   * @param layers number of layers, which the list must have
   * @param otherwise the layers with a window where the list is absent
   */
  static IntPredicate windowed(Settings s, int layers, IntPredicate otherwise) {
    Optional<List<String>> types = s.texts(KEY);
    if (types.isEmpty()) {
      return otherwise;
    }
    List<String> list = types.get();
    if (list.size() != layers || !list.stream().allMatch(List.of(FULL, WINDOWED)::contains)) {
      throw s.unsupported(KEY, "%s or %s for each of %d layers".formatted(FULL, WINDOWED, layers));
    }
    return layer -> list.get(layer).equals(WINDOWED);
  }
}
