package rankine.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Weight;

/** A checkpoint's tensors by name, checked and made resident on a backend, each once. */
final class Weights {
  /** Buffers that older checkpoints carry and that the operations compute themselves. */
  private static final Pattern BUFFERS =
      Pattern.compile(".*\\.attn\\.(bias|masked_bias)|.*\\.rotary_emb\\.inv_freq");

  private final Checkpoint checkpoint;
  private final Backend backend;
  private final Set<String> used = new HashSet<>();
  private final Map<String, Weight> resident = new HashMap<>();

  Weights(Checkpoint checkpoint, Backend backend) {
    this.checkpoint = checkpoint;
    this.backend = backend;
  }

  /** Whether the checkpoint has a tensor of that name. */
  boolean has(String name) {
    return checkpoint.find(name).isPresent();
  }

  /** Says that a tensor may be there although nothing reads it. */
  void ignore(String name) {
    used.add(name);
  }

  /** A vector of shape [n]. */
  Weight vector(String name, int n) {
    return resident.computeIfAbsent(
        name, k -> backend.vector(Matrix.rowMajor(data(name, n), dtype(name), 1, n)));
  }

  /** Elements {@code from} to {@code from + count} of a vector of shape [n]. */
  Weight vectorRange(String name, int n, int from, int count) {
    Matrix whole = Matrix.rowMajor(data(name, n), dtype(name), n, 1);
    Matrix part = whole.rowRange(from, count);
    return backend.vector(Matrix.rowMajor(part.data(), part.dtype(), 1, count));
  }

  /** PyTorch's Linear or Embedding: stored [rows, cols]. */
  Weight matrix(String name, int rows, int cols) {
    return resident.computeIfAbsent(
        name,
        k -> backend.matrix(Matrix.rowMajor(data(name, rows, cols), dtype(name), rows, cols)));
  }

  /** GPT-2's Conv1D: stored [in, out], W of shape [out, in]. */
  Weight conv1d(String name, int out, int in) {
    return conv1dRange(name, out, in, 0, out);
  }

  /** Outputs {@code from} to {@code from + count} of a Conv1D. */
  Weight conv1dRange(String name, int out, int in, int from, int count) {
    Matrix stored = Matrix.rowMajor(data(name, in, out), dtype(name), in, out);
    return backend.matrix(stored.transposed().rowRange(from, count));
  }

  /**
   * Refuses tensors that nothing has read: a model that leaves some of its weights out is another
   * model.
   */
  void finish() {
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (!used.contains(tensor.name()) && !BUFFERS.matcher(tensor.name()).matches()) {
        throw tensor.unexpected();
      }
    }
  }

  private MemorySegment data(String name, long... shape) {
    used.add(name);
    TensorInfo tensor = checkpoint.require(name, shape);
    tensor.dtype();
    return checkpoint.data(tensor);
  }

  private DType dtype(String name) {
    return checkpoint.find(name).orElseThrow().dtype();
  }
}
