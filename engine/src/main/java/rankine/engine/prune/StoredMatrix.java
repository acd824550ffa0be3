package rankine.engine.prune;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Edit;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * The location of a model matrix in its checkpoint: a whole tensor, or a part of a fused one: a
 * range of columns (GPT-2's c_attn), a range of rows, or blocks of rows (GPT-NeoX's
 * query_key_value).
 *
 * @param edit the edit to apply
 * @param tensor the tensor that contains the matrix
 * @param offset of its first byte within the tensor
 * @param source the matrix in its stored layout
 * @param rows where its rows are in the tensor, if they lie apart
 */
record StoredMatrix(
    Edit edit, TensorInfo tensor, long offset, Matrix source, Optional<RowBlocks> rows) {

  /**
   * Locates a matrix by its memory address: a weight refers to its source matrix, a view of the
   * mapped file or of rows that the checkpoint has gathered. So an architecture need not declare
   * its tensor names or how it splits tensors.
   */
  static StoredMatrix find(Checkpoint checkpoint, Op.Linear linear, Edit edit) {
    Matrix source = linear.weight().source();
    for (TensorInfo tensor : checkpoint.tensors()) {
      MemorySegment data = checkpoint.data(tensor);
      if (data.asOverlappingSlice(source.data()).isPresent()) {
        long offset = source.data().address() - data.address();
        return new StoredMatrix(edit, tensor, offset, source, Optional.empty());
      }
    }
    for (Checkpoint.GatheredRows copy : checkpoint.gathered()) {
      if (copy.data().asOverlappingSlice(source.data()).isPresent()) {
        return new StoredMatrix(edit, copy.tensor(), 0, source, Optional.of(copy.rows()));
      }
    }
    throw new IllegalStateException(linear.name() + " is not a view of the checkpoint");
  }

  /** Returns the matrices of {@code model} that {@code edits} selects, in model order. */
  static List<StoredMatrix> all(Checkpoint checkpoint, Model model, Map<String, Edit> edits) {
    List<StoredMatrix> found = new ArrayList<>();
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear && edits.containsKey(linear.name())) {
          found.add(find(checkpoint, linear, edits.get(linear.name())));
        }
      }
    }
    return found;
  }

  /** Returns the offset within the tensor of stored row {@code i}, of {@code stride} bytes. */
  long rowOffset(int i, long stride) {
    return offset + rows.map(blocks -> blocks.row(i)).orElse(i) * stride;
  }

  /** Returns whether the matrix is the whole tensor. */
  boolean isWhole() {
    return (long) source.rows() * source.cols() == tensor.elements();
  }

  /** Returns file, tensor and edit, for error messages. */
  String label() {
    return "%s: %s: edit %s".formatted(tensor.file().getFileName(), tensor.name(), edit);
  }
}
