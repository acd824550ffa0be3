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

  /** The window of Mistral and Qwen where there is no such key; null is no window. */
  private static final int DEFAULT_WINDOW = 4096;

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
    return scores(windowed, full, s.count(WINDOW));
  }

  private static IntFunction<AttentionScores> scores(
      IntPredicate windowed, AttentionScores full, int window) {
    AttentionScores within = full.withWindow(window);
    return layer -> windowed.test(layer) ? within : full;
  }

  /**
   * As {@link #scores}, but without any window unless {@code use_sliding_window} is true.
   *
   * @param window see {@link #window} and {@link #windowOrDefault}
   */
  static IntFunction<AttentionScores> scoresIfUsed(
      Settings s, int layers, AttentionScores full, OptionalInt window, IntPredicate otherwise) {
    if (s.flag("use_sliding_window", false) && window.isPresent()) {
      return scores(windowed(s, layers, otherwise), full, window.getAsInt());
    }
    s.ignore(WINDOW);
    if (IntStream.range(0, layers).anyMatch(windowed(s, layers, _ -> false))) {
      throw s.unsupported(KEY, FULL + " for each layer while use_sliding_window is false");
    }
    return _ -> full;
  }

  /** Returns {@code sliding_window}, none where it is null or absent. */
  static OptionalInt window(Settings s) {
    return s.optionalCount(WINDOW);
  }

  /** Returns {@code sliding_window}, none where it is null, Hugging Face's 4096 where absent. */
  static OptionalInt windowOrDefault(Settings s) {
    return s.nullableCount(WINDOW, DEFAULT_WINDOW);
  }

  /** Returns {@code full} with the window, if there is one, on all layers. */
  static IntFunction<AttentionScores> oneWindow(OptionalInt window, AttentionScores full) {
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
