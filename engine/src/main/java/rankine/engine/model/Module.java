package rankine.engine.model;

import java.util.Locale;

/**
 * The weight matrices of a block, with the same names for every architecture (those of the paper's
 * code, arXiv 2406.03768). GPT-2's fused {@code c_attn} counts as three.
 */
public enum Module {
  /** Query projection. */
  Q_PROJ,
  /** Key projection. */
  K_PROJ,
  /** Value projection. */
  V_PROJ,
  /** Attention output projection. */
  OUT_PROJ,
  /** MLP input projection; LLaMA's gate_proj. */
  FC_IN,
  /** LLaMA's up_proj; absent in other architectures. */
  FC_UP,
  /** MLP output projection; LLaMA's down_proj. */
  FC_OUT;

  /** Returns the name on the command line, e.g. {@code q_proj}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the name of this matrix in {@code layer}, as in programs and profiles. */
  public String in(int layer) {
    return layer + "." + label();
  }

  /**
   * Returns the name of the tensor that has the rows of this matrix of the fused tensor {@code
   * tensor}, in a checkpoint that stores its matrices one by one because some are factored.
   */
  public String partOf(String tensor) {
    return tensor + "." + label();
  }
}
