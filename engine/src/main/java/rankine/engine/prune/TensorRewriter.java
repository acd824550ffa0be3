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

/** Edits the matrices of each tensor when it is the tensor's turn. */
final class TensorRewriter implements TensorEdit {
  private final FactoredMode keep;
  private final Map<TensorInfo, List<StoredMatrix>> places;
  private final MatrixEditor editor;
  private final CheckpointPruner.PruneListener listener;
  private final int total;
  private final List<String> factored = new ArrayList<>();
  private final List<String> shared = new ArrayList<>();
  private int done;

  TensorRewriter(
      FactoredMode keep,
      Map<TensorInfo, List<StoredMatrix>> places,
      MatrixEditor editor,
      CheckpointPruner.PruneListener listener) {
    this.keep = keep;
    this.places = places;
    this.editor = editor;
    this.listener = listener;
    this.total = places.values().stream().mapToInt(List::size).sum();
  }

  /** The tensors that became factors, so far. */
  List<String> factored() {
    return factored;
  }

  /** The tensors that could not, for they hold several matrices. */
  List<String> shared() {
    return shared;
  }

  @Override
  public List<NewTensor> replacement(TensorInfo tensor) {
    List<StoredMatrix> edited = places.getOrDefault(tensor, List.of());
    if (edited.isEmpty() || keep == FactoredMode.NEVER) {
      return List.of();
    }
    StoredMatrix place = edited.getFirst();
    // What turns out dense is made again when it is written: it is not held until then.
    if (!(edit(place) instanceof Replacement.FactorPair factors)) {
      return List.of();
    }
    if (!place.isWhole()) {
      shared.add(tensor.name());
      return List.of();
    }
    factored.add(tensor.name());
    List<NewTensor> tensors = StoredFactors.of(place, factors);
    listener.progress(++done, total);
    return tensors;
  }

  @Override
  public void apply(TensorInfo tensor, Target target) throws IOException {
    for (StoredMatrix place : places.getOrDefault(tensor, List.of())) {
      MatrixRewrite.write(place, edit(place), target);
      listener.progress(++done, total);
    }
  }

  private Replacement edit(StoredMatrix place) {
    return editor.edit(place.tensor().name(), place.source(), place.edit().rate());
  }
}
