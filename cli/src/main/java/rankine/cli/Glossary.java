package rankine.cli;

/** The footer of {@code rankine --help}: the terms that commands and options use. */
final class Glossary {
  /** In at most 80 columns. A percent sign must be doubled: picocli formats these lines. */
  static final String[] LINES = {
    "",
    "Terms:",
    "  checkpoint    a folder as Hugging Face stores it: config.json, safetensors,",
    "                tokenizer files",
    "  layer         a transformer block, numbered from 0; -1 stands for every layer",
    "  module        a weight matrix of a layer (q_proj, k_proj, v_proj, out_proj;",
    "                fc_in, fc_up, fc_out) or a group of them (attn, mlp, all)",
    "  rank          number of singular values of a matrix that are kept; the full",
    "                rank is the smaller of its two dimensions, min(m, n)",
    "  pruning rate  fraction of the rank to remove, 0 <= r < 1: rate r keeps rank",
    "                floor((1 - r) min(m, n)); the paper's \"clipping rate\"",
    "  edit          LAYER:MODULE:RATE, the pruning of a module: 26:mlp:0.95",
    "  plain         the model without edits, as rate 0",
    "  shots         demonstrations (solved examples) before the query, per class",
    "  corrected     version of a task with sound prompts and scoring, the default",
    "  paper         version with the prompts and scoring of the code of the paper,",
    "                arXiv 2406.03768, for comparison with its figures",
    "",
    "Start with: rankine demo. Options of a command: rankine COMMAND --help",
    "Exit codes: 0 success, 2 wrong usage, 1 any other failure"
  };

  private Glossary() {}
}
