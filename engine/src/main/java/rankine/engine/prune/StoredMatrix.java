package rankine.engine.prune;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Edit;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * Where a matrix of the model lies in its checkpoint: the whole of a tensor, or, for GPT-2's fused
 * c_attn, a part of its columns.
 *
 * @param edit what is to be done to it
 * @param tensor that holds it
 * @param offset of its first byte, from the tensor's first
 * @param source as it lies in the tensor
 */
record StoredMatrix(Edit edit, TensorInfo tensor, long offset, Matrix source) {

  /**
   * Finds a matrix by its memory: a weight keeps the matrix it was made from, which is a view of
   * the mapped file. So no architecture has to tell its tensors' names, nor how it cuts them.
   */
  static StoredMatrix find(Checkpoint checkpoint, Op.Linear linear, Edit edit) {
    Matrix source = linear.weight().source();
    for (TensorInfo tensor : checkpoint.tensors()) {
      MemorySegment data = checkpoint.data(tensor);
      if (data.asOverlappingSlice(source.data()).isPresent()) {
        return new StoredMatrix(edit, tensor, source.data().address() - data.address(), source);
      }
    }
    throw new IllegalStateException(linear.name() + " is no view of the checkpoint");
  }

  /** The matrices of {@code model} that {@code edits} names, in the order of its layers. */
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

  /** Whether the tensor holds nothing else. */
  boolean isWhole() {
    return (long) source.rows() * source.cols() == tensor.elements();
  }

  /** For messages. */
  String label() {
    return "%s: %s: edit %s".formatted(tensor.file().getFileName(), tensor.name(), edit);
  }
}
