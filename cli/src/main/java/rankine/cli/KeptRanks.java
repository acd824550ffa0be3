package rankine.cli;

import java.util.List;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.model.Model;

/** The ranks that an edit keeps of its matrices, for text. */
final class KeptRanks {
  private KeptRanks() {}

  /**
   * Returns the rank, e.g. {@code 204}; {@code 51..204} for matrices of different sizes; {@code -}
   * for a method that does not truncate an SVD. Reads shapes only, no weights.
   *
   * @param edit of a layer and module that the model has, as dense matrices
   */
  static String of(Model model, EditMethod method, Edit edit) {
    List<Integer> ranks = edit.ranks(model, method);
    return switch (ranks.size()) {
      case 0 -> "-";
      case 1 -> ranks.getFirst().toString();
      default -> ranks.getFirst() + ".." + ranks.getLast();
    };
  }

  /**
   * Returns {@code " (rank 204)"}, with a word for rank 0; nothing for a method that does not
   * truncate an SVD.
   */
  static String inBrackets(Model model, EditMethod method, Edit edit) {
    String ranks = of(model, method, edit);
    return switch (ranks) {
      case "-" -> "";
      case "0" -> " (rank 0: all zero)";
      default -> " (rank " + ranks + ")";
    };
  }

  /** Returns the edit with its rank: {@code 26:mlp:0.95 (rank 204)}. */
  static String named(Model model, EditMethod method, Edit edit) {
    return edit + inBrackets(model, method, edit);
  }
}
