package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import rankine.engine.checkpoint.Settings;

/** Which layers attend to a window of positions: {@code layer_types} of config.json. */
final class LayerTypes {
  private static final String KEY = "layer_types";
  private static final String FULL = "full_attention";
  private static final String WINDOWED = "sliding_attention";

  private LayerTypes() {}

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
