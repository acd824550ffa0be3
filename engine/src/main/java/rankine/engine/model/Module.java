package rankine.engine.model;

import java.util.Locale;

/**
 * The weight matrices of a block, by one name for every architecture (those of the paper's code,
 * arXiv 2406.03768). GPT-2's fused {@code c_attn} counts as three.
 */
public enum Module {
  /** Queries. */
  Q_PROJ,
  /** Keys. */
  K_PROJ,
  /** Values. */
  V_PROJ,
  /** The output of attention. */
  OUT_PROJ,
  /** Into the MLP; LLaMA's gate_proj. */
  FC_IN,
  /** LLaMA's up_proj; others have none. */
  FC_UP,
  /** Out of the MLP; LLaMA's down_proj. */
  FC_OUT;

  /** As on the command line, e.g. {@code q_proj}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of this matrix in {@code layer}, as programs and profiles show it. */
  public String in(int layer) {
    return layer + "." + label();
  }
}
