package rankine.engine.prune;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.TensorEdit;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.Replacement;
import rankine.kernels.Matrix;

/**
 * Edits the matrices of each tensor as the copy reaches it. A tensor with factored matrices is
 * replaced by one tensor per matrix that stays dense and two per factored one.
 */
final class TensorRewriter implements TensorEdit {
  private final FactoredMode mode;
  private final Map<TensorInfo, List<StoredMatrix>> matrices;
  private final MatrixEditor editor;
  private final CheckpointPruner.PruneListener listener;
  private final int total;
  private final List<String> factored = new ArrayList<>();
  private int done;

  /**
   * @param matrices all of each tensor that has an edited one
   */
  TensorRewriter(
      FactoredMode mode,
      Map<TensorInfo, List<StoredMatrix>> matrices,
      MatrixEditor editor,
      CheckpointPruner.PruneListener listener) {
    this.mode = mode;
    this.matrices = matrices;
    this.editor = editor;
    this.listener = listener;
    this.total = Math.toIntExact(matrices.values().stream().mapToLong(this::edits).sum());
  }

  private long edits(List<StoredMatrix> parts) {
    return parts.stream().filter(part -> part.edit().isPresent()).count();
  }

  /** Returns the tensors with factors so far. */
  List<String> factored() {
    return factored;
  }

  @Override
  public List<NewTensor> replacement(TensorInfo tensor) {
    List<StoredMatrix> parts = matrices.getOrDefault(tensor, List.of());
    if (mode == FactoredMode.NEVER) {
      return List.of();
    }
    List<List<NewTensor>> factors = parts.stream().map(this::factors).toList();
    if (factors.stream().allMatch(List::isEmpty)) {
      return List.of();
    }
    checkCovered(tensor, parts);
    factored.add(tensor.name());
    List<NewTensor> tensors = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      StoredMatrix part = parts.get(i);
      if (!factors.get(i).isEmpty()) {
        tensors.addAll(factors.get(i));
        listener.progress(++done, total);
      } else if (part.edit().isPresent()) {
        tensors.add(
            StoredFactors.dense(
                part,
                () -> {
                  listener.progress(++done, total);
                  return dense(part);
                }));
      } else {
        tensors.add(StoredFactors.original(part));
      }
    }
    return tensors;
  }

  /** Returns the factors of a matrix, or nothing if it stays dense. */
  private List<NewTensor> factors(StoredMatrix stored) {
    // A dense replacement is recomputed when it is written, so that it need not stay in memory.
    return stored.edit().isPresent() && edit(stored) instanceof Replacement.FactorPair pair
        ? StoredFactors.of(stored, pair)
        : List.of();
  }

  /** The parts take the place of the tensor, so none of its elements may be outside them. */
  private static void checkCovered(TensorInfo tensor, List<StoredMatrix> parts) {
    long elements = parts.stream().mapToLong(StoredMatrix::elements).sum();
    if (elements != tensor.elements()) {
      throw new IllegalStateException(
          "%s: expected matrices of %d elements together, found %d"
              .formatted(tensor.name(), tensor.elements(), elements));
    }
  }

  @Override
  public void apply(TensorInfo tensor, Target target) throws IOException {
    for (StoredMatrix stored : matrices.getOrDefault(tensor, List.of())) {
      if (stored.edit().isPresent()) {
        MatrixRewrite.write(stored, dense(stored), target);
        listener.progress(++done, total);
      }
    }
  }

  private Matrix dense(StoredMatrix stored) {
    return switch (edit(stored)) {
      case Replacement.Dense(Matrix w) -> w;
      case Replacement.FactorPair(Matrix left, _) -> zeros(stored, left);
    };
  }

  /** Returns the zero matrix, the only one that an editor gives as factors in every mode. */
  private static Matrix zeros(StoredMatrix stored, Matrix left) {
    for (int r = 0; r < left.rows(); r++) {
      if (left.cols() != 1 || left.get(r, 0) != 0) {
        throw new IllegalStateException(
            "%s: expected a dense matrix, found factors of rank %d"
                .formatted(stored.label(), left.cols()));
      }
    }
    Matrix source = stored.source();
    long bytes = stored.elements() * source.dtype().bytes();
    return Matrix.rowMajor(
        Arena.ofAuto().allocate(bytes), source.dtype(), source.rows(), source.cols());
  }

  private Replacement edit(StoredMatrix stored) {
    return editor.edit(
        stored.tensor().name(), stored.source(), stored.edit().orElseThrow().removal());
  }
}
