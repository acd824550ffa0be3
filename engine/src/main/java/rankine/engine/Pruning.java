package rankine.engine;

import java.util.List;

/**
 * Edits of a model's weights and how they are computed.
 *
 * @param edits each {@code LAYER:MODULE:RATE}, such as {@code 26:mlp:0.95}: layers count from 0, -1
 *     is every layer; a module is {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code out_proj},
 *     {@code fc_in}, {@code fc_up}, {@code fc_out}, {@code attn}, {@code mlp} or {@code all}; the
 *     rate is the fraction of the rank (or of the elements) that is removed, in [0, 1)
 * @param method {@code exact} or {@code randomized} (a truncated SVD), {@code magnitude} (the
 *     smallest elements become 0) or {@code zero} (the whole matrix becomes 0)
 * @param seed of the randomized SVD; the other methods ignore it
 */
public record Pruning(List<String> edits, String method, long seed) {
  /** Copies the list. */
  public Pruning {
    edits = List.copyOf(edits);
  }

  /** Returns edits by truncated exact SVD. */
  public static Pruning exact(String... edits) {
    return new Pruning(List.of(edits), "exact", 0);
  }

  /** Returns the same edits by another method. */
  public Pruning withMethod(String name) {
    return new Pruning(edits, name, seed);
  }
}
