package rankine.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * Looks up a checkpoint's tensors by name, checks them, makes each resident on a backend once, and
 * creates the operations that read them, in the storage layout of PyTorch's layers.
 */
final class Weights {
  /** Buffers in older checkpoints; the operations compute their values. */
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

  /** Returns whether the checkpoint has a tensor of that name. */
  boolean has(String name) {
    return checkpoint.find(name).isPresent();
  }

  /** Allows a tensor that no operation reads. */
  void ignore(String name) {
    used.add(name);
  }

  /** Returns a vector of shape [n]. */
  Weight vector(String name, int n) {
    return resident.computeIfAbsent(
        name, k -> backend.vector(Matrix.rowMajor(data(name, n), dtype(name), 1, n)));
  }

  /** Returns elements [from, from + count) of a vector of shape [n]. */
  Weight vectorRange(String name, int n, int from, int count) {
    Matrix whole = Matrix.rowMajor(data(name, n), dtype(name), n, 1);
    Matrix part = whole.rowRange(from, count);
    return backend.vector(Matrix.rowMajor(part.data(), part.dtype(), 1, count));
  }

  /**
   * Returns an Embedding, stored [rows, cols].
   *
   * @param tied whether it is also the LM head, which reads all rows; otherwise operations read
   *     only the rows of tokens
   */
  Weight embedding(String name, int rows, int cols, boolean tied) {
    if (tied) {
      return matrix(name, rows, cols);
    }
    Matrix stored = stored(name, rows, cols);
    TensorInfo tensor = checkpoint.find(name).orElseThrow();
    long rowBytes = tensor.bytes() / rows;
    return backend.table(stored, (row, into) -> checkpoint.read(tensor, row * rowBytes, into));
  }

  /** Returns an Embedding or an LM head, stored [rows, cols]. */
  Weight matrix(String name, int rows, int cols) {
    return resident.computeIfAbsent(name, k -> backend.matrix(stored(name, rows, cols)));
  }

  /**
   * Returns PyTorch's Linear, stored [rows, cols], or as factors {@code name.left} [rows, k] and
   * {@code name.right} [k, cols].
   */
  private Weight linear(String name, int rows, int cols) {
    if (!isFactored(name)) {
      return matrix(name, rows, cols);
    }
    StoredFactorPair stored = factors(name, rows, cols);
    return new FactoredWeight(backend.matrix(stored.left), backend.matrix(stored.right));
  }

  /**
   * Returns GPT-2's Conv1D as W [out, in], stored [in, out], or as factors {@code name.left} [in,
   * k] and {@code name.right} [k, out].
   */
  Weight conv1d(String name, int out, int in) {
    if (!isFactored(name)) {
      return conv1dRange(name, out, in, 0, out);
    }
    StoredFactorPair stored = factors(name, in, out);
    return new FactoredWeight(
        backend.matrix(stored.right.transposed()), backend.matrix(stored.left.transposed()));
  }

  /** Two stored factors whose product is the absent tensor. */
  private record StoredFactorPair(Matrix left, Matrix right) {}

  /** If a tensor and its factors are both present, only the tensor is read. */
  private boolean isFactored(String name) {
    return !has(name) && has(name + FactoredLinear.LEFT);
  }

  private StoredFactorPair factors(String name, int rows, int cols) {
    TensorInfo info =
        checkpoint.requireColumns(name + FactoredLinear.LEFT, rows, Math.min(rows, cols));
    int rank = Math.toIntExact(info.shape().getLast());
    return new StoredFactorPair(
        stored(name + FactoredLinear.LEFT, rows, rank),
        stored(name + FactoredLinear.RIGHT, rank, cols));
  }

  private Matrix stored(String name, int rows, int cols) {
    return Matrix.rowMajor(data(name, rows, cols), dtype(name), rows, cols);
  }

  /** Returns outputs [from, from + count) of a Conv1D. */
  Weight conv1dRange(String name, int out, int in, int from, int count) {
    return backend.matrix(stored(name, in, out).transposed().rowRange(from, count));
  }

  /** Returns a LayerNorm with {@code name.weight} and {@code name.bias}. */
  Op layerNorm(String name, Slot in, float epsilon, Slot out) {
    int width = in.width();
    Weight scale = vector(name + ".weight", width);
    return new Op.LayerNorm(in, scale, Optional.of(vector(name + ".bias", width)), epsilon, out);
  }

  /** Returns an RMSNorm with {@code name.weight}. */
  Op rmsNorm(String name, Slot in, float epsilon, Slot out) {
    return new Op.RmsNorm(in, vector(name + ".weight", in.width()), epsilon, 1, out);
  }

  /** Returns {@code out = W in} with W in {@code name.weight}, [out, in]. */
  Op linear(String module, String name, Slot in, Slot out) {
    return new Op.Linear(module, in, weight(name, in, out), Optional.empty(), false, out);
  }

  /** Returns {@code residual += W in} with W in {@code name.weight}. */
  Op addLinear(String module, String name, Slot in, Slot residual) {
    return new Op.Linear(module, in, weight(name, in, residual), Optional.empty(), true, residual);
  }

  /** Returns {@code out = W in + b} with b in {@code name.bias}. */
  Op biasedLinear(String module, String name, Slot in, Slot out) {
    return new Op.Linear(module, in, weight(name, in, out), bias(name, out), false, out);
  }

  /** Returns {@code residual += W in + b}. */
  Op addBiasedLinear(String module, String name, Slot in, Slot residual) {
    return new Op.Linear(
        module, in, weight(name, in, residual), bias(name, residual), true, residual);
  }

  private Weight weight(String name, Slot in, Slot out) {
    return linear(name + ".weight", out.width(), in.width());
  }

  private Optional<Weight> bias(String name, Slot out) {
    return Optional.of(vector(name + ".bias", out.width()));
  }

  /**
   * Throws for a tensor that no operation reads: a model that ignores some of its weights is a
   * different model.
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
