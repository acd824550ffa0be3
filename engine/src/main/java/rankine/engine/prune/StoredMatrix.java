package rankine.engine.prune;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.common.EditException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.GatheredRows;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Edit;
import rankine.engine.model.Model;
import rankine.engine.model.Module;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * The location of a model matrix in its checkpoint: a whole tensor, or a part of a fused one: a
 * range of columns (GPT-2's c_attn), a range of rows, or blocks of rows (GPT-NeoX's
 * query_key_value).
 *
 * @param module what the matrix is in its block
 * @param edit the edit to apply, if there is one
 * @param tensor the tensor that contains the matrix
 * @param offset of its first byte within the tensor
 * @param source the matrix in its stored layout
 * @param rows where its rows are in the tensor, if they lie apart
 */
record StoredMatrix(
    Module module,
    Optional<Edit> edit,
    TensorInfo tensor,
    long offset,
    Matrix source,
    Optional<RowBlocks> rows) {

  /**
   * Locates a matrix by its memory address: a weight refers to its source matrix, a view of the
   * mapped file or of rows that the checkpoint has gathered. So an architecture need not declare
   * its tensor names or how it splits tensors.
   */
  private static StoredMatrix find(
      Checkpoint checkpoint, Op.Linear linear, Module module, Optional<Edit> edit) {
    Matrix source = linear.weight().source();
    for (TensorInfo tensor : checkpoint.tensors()) {
      MemorySegment data = checkpoint.data(tensor);
      if (data.asOverlappingSlice(source.data()).isPresent()) {
        long offset = source.data().address() - data.address();
        return new StoredMatrix(module, edit, tensor, offset, source, Optional.empty());
      }
    }
    for (GatheredRows copy : checkpoint.gathered()) {
      if (copy.data().asOverlappingSlice(source.data()).isPresent()) {
        return new StoredMatrix(module, edit, copy.tensor(), 0, source, Optional.of(copy.rows()));
      }
    }
    throw new IllegalStateException(linear.name() + " is not a view of the checkpoint");
  }

  /**
   * Returns all matrices of the blocks that are stored dense, in model order.
   *
   * @param edits by the name of the matrix
   */
  static List<StoredMatrix> all(Checkpoint checkpoint, Model model, Map<String, Edit> edits) {
    List<StoredMatrix> found = new ArrayList<>();
    for (int layer = 0; layer < model.layers().size(); layer++) {
      for (Op op : model.layers().get(layer)) {
        for (Module module : Module.values()) {
          if (op instanceof Op.Linear linear && linear.name().equals(module.in(layer))) {
            Optional<Edit> edit = Optional.ofNullable(edits.get(linear.name()));
            found.add(find(checkpoint, linear, module, edit));
          }
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
    return elements() == tensor.elements();
  }

  /** Returns the number of elements. */
  long elements() {
    return (long) source.rows() * source.cols();
  }

  /** Returns the name of a tensor that has this matrix alone. */
  String ownName() {
    return isWhole() ? tensor.name() : module.partOf(tensor.name());
  }

  /** Returns {@code w}, the matrix or what replaces it, with the rows that a tensor stores. */
  Matrix oriented(Matrix w) {
    return source.rowContiguous() ? w : w.transposed();
  }

  /** Returns the original bytes as a tensor of their own has them. */
  MemorySegment bytes() {
    Matrix stored = oriented(source);
    long rowBytes = (long) stored.cols() * stored.dtype().bytes();
    long strideBytes = stored.rowStride() * stored.dtype().bytes();
    MemorySegment bytes = Arena.ofAuto().allocate(stored.rows() * rowBytes);
    for (long r = 0; r < stored.rows(); r++) {
      MemorySegment.copy(stored.data(), r * strideBytes, bytes, r * rowBytes, rowBytes);
    }
    return bytes;
  }

  /**
   * Appends row {@code i} of {@code w} in the stored type.
   *
   * @param factor names {@code w} in messages where it is a factor; otherwise empty
   * @param w {@link #oriented}, or a factor as a tensor of its own
   * @throws EditException if an element, rounded to the stored type, is not finite
   */
  void encodeRow(String factor, Matrix w, int i, ByteBuffer out) {
    DType dtype = source.dtype();
    for (int j = 0; j < w.cols(); j++) {
      int bits = DTypeEncoder.bits(w.get(i, j), dtype);
      if (!DTypeEncoder.isFinite(bits, dtype)) {
        boolean transposed = factor.isEmpty() && !source.rowContiguous();
        throw new EditException(
            "%s: %sexpected values that %s can hold, found %s in row %d, column %d"
                .formatted(
                    label(), factor, dtype, w.get(i, j), transposed ? j : i, transposed ? i : j));
      }
      DTypeEncoder.put(out, bits, dtype);
    }
  }

  /** Returns file, tensor and edit, for error messages. */
  String label() {
    return "%s: %s: edit %s"
        .formatted(
            tensor.file().getFileName(), tensor.name(), edit.map(Edit::toString).orElse("none"));
  }
}
