package rankine.engine.prune;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.TensorEdit;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.Replacement;

/** Edits the matrices of each tensor as the copy reaches it. */
final class TensorRewriter implements TensorEdit {
  private final FactoredMode mode;
  private final Map<TensorInfo, List<StoredMatrix>> matrices;
  private final MatrixEditor editor;
  private final CheckpointPruner.PruneListener listener;
  private final int total;
  private final List<String> factored = new ArrayList<>();
  private final List<String> shared = new ArrayList<>();
  private int done;

  TensorRewriter(
      FactoredMode mode,
      Map<TensorInfo, List<StoredMatrix>> matrices,
      MatrixEditor editor,
      CheckpointPruner.PruneListener listener) {
    this.mode = mode;
    this.matrices = matrices;
    this.editor = editor;
    this.listener = listener;
    this.total = matrices.values().stream().mapToInt(List::size).sum();
  }

  /** Returns the tensors stored as factors so far. */
  List<String> factored() {
    return factored;
  }

  /** Returns the tensors that stay dense because they contain several matrices. */
  List<String> shared() {
    return shared;
  }

  @Override
  public List<NewTensor> replacement(TensorInfo tensor) {
    List<StoredMatrix> edited = matrices.getOrDefault(tensor, List.of());
    if (edited.isEmpty() || mode == FactoredMode.NEVER) {
      return List.of();
    }
    StoredMatrix stored = edited.getFirst();
    // A dense replacement is recomputed when it is written, so that it need not stay in memory.
    if (!(edit(stored) instanceof Replacement.FactorPair factors)) {
      return List.of();
    }
    if (!stored.isWhole()) {
      shared.add(tensor.name());
      return List.of();
    }
    factored.add(tensor.name());
    List<NewTensor> tensors = StoredFactors.of(stored, factors);
    listener.progress(++done, total);
    return tensors;
  }

  @Override
  public void apply(TensorInfo tensor, Target target) throws IOException {
    for (StoredMatrix stored : matrices.getOrDefault(tensor, List.of())) {
      MatrixRewrite.write(stored, edit(stored), target);
      listener.progress(++done, total);
    }
  }

  private Replacement edit(StoredMatrix stored) {
    return editor.edit(stored.tensor().name(), stored.source(), stored.edit().removal());
  }
}
