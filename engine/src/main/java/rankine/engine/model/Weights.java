package rankine.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.RowBlocks;
import rankine.engine.checkpoint.TensorInfo;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;
import rankine.kernels.Matrix;
import rankine.kernels.Weight;

/**
 * Looks up a checkpoint's tensors by name, checks them, and makes each resident on a backend once,
 * in the storage layout of PyTorch's layers.
 */
final class Weights {
  /** Buffers in older checkpoints; the operations compute their values. */
  private static final Pattern BUFFERS =
      Pattern.compile(".*\\.(attn|attention)\\.(bias|masked_bias)|.*\\.rotary_emb\\.inv_freq");

  private final Checkpoint checkpoint;
  private final TextPart part;
  private final Backend backend;
  private final boolean shapesOnly;
  private final Set<String> used = new HashSet<>();
  private final Map<String, Weight> resident = new HashMap<>();

  /**
   * The tensors of the text model that {@code part} names.
   *
   * @param shapesOnly whether names and shapes matter only: matrices of rows that lie apart are
   *     then not copied, and have the values of other rows
   */
  Weights(Checkpoint checkpoint, TextPart part, Backend backend, boolean shapesOnly) {
    this.checkpoint = checkpoint;
    this.part = part;
    this.backend = backend;
    this.shapesOnly = shapesOnly;
  }

  /** Returns whether the checkpoint has a tensor of that name. */
  boolean has(String name) {
    return checkpoint.find(part.stored(name)).isPresent();
  }

  /** Allows a tensor that no operation reads. */
  void ignore(String name) {
    used.add(part.stored(name));
  }

  /** Returns a vector of shape [n]. */
  Weight vector(String name, int n) {
    return resident.computeIfAbsent(
        name, k -> backend.vector(Matrix.rowMajor(data(name, n), dtype(name), 1, n)));
  }

  /** Returns {@code 1 + v} of a vector v of shape [n], in float32. */
  Weight onePlus(String name, int n) {
    return resident.computeIfAbsent(
        "1 + " + name,
        k -> {
          MemorySegment data = data(name, n);
          float[] values = new float[n];
          for (int i = 0; i < n; i++) {
            values[i] = 1 + DTypeDecoder.get(data, dtype(name), i);
          }
          return backend.vector(Matrix.of(values, 1, n));
        });
  }

  /** Returns the elements {@code part} of a vector of shape [n]. */
  Weight vectorRows(String name, int n, RowBlocks part) {
    Matrix rows = blocks(name, Matrix.rowMajor(data(name, n), dtype(name), n, 1), part);
    return backend.vector(Matrix.rowMajor(rows.data(), rows.dtype(), 1, part.count()));
  }

  /**
   * Returns the rows {@code part} of a fused matrix stored [rows, cols]. Where the fused tensor is
   * absent, {@link Module#partOf} names the part's own, stored as that of {@link #linear}.
   */
  Weight fusedLinear(Module module, String name, int rows, int cols, RowBlocks part) {
    return isSplit(name)
        ? linear(module.partOf(name), part.count(), cols)
        : rows(name, rows, cols, part);
  }

  /**
   * Returns the outputs {@code part}, a range, of a fused Conv1D stored [in, out]; or the part's
   * own tensor, stored as that of {@link #conv1d}.
   */
  Weight fusedConv1d(Module module, String name, int out, int in, RowBlocks part) {
    return isSplit(name)
        ? conv1d(module.partOf(name), part.count(), in)
        : conv1dRows(name, out, in, part);
  }

  /** Returns whether the parts of a fused tensor are stored instead of it. */
  private boolean isSplit(String name) {
    return !has(name)
        && Arrays.stream(Module.values())
            .map(module -> module.partOf(name))
            .anyMatch(own -> has(own) || isFactored(own));
  }

  /** Returns the rows {@code part} of a matrix stored [rows, cols]. */
  Weight rows(String name, int rows, int cols, RowBlocks part) {
    return backend.matrix(blocks(name, stored(name, rows, cols), part));
  }

  /** A view of neighbouring rows; a copy of rows that lie apart, which the checkpoint owns. */
  private Matrix blocks(String name, Matrix fused, RowBlocks blocks) {
    if (shapesOnly) {
      return fused.rowRange(0, blocks.count());
    }
    if (blocks.isRange()) {
      return fused.rowRange(blocks.from(), blocks.count());
    }
    MemorySegment rows = checkpoint.gather(tensor(name), blocks);
    return Matrix.rowMajor(rows, fused.dtype(), blocks.count(), fused.cols());
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
    TensorInfo tensor = tensor(name);
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
  Weight linear(String name, int rows, int cols) {
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
      return conv1dRows(name, out, in, RowBlocks.range(0, out));
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
        checkpoint.requireColumns(
            part.stored(name + FactoredLinear.LEFT), rows, Math.min(rows, cols));
    int rank = Math.toIntExact(info.shape().getLast());
    return new StoredFactorPair(
        stored(name + FactoredLinear.LEFT, rows, rank),
        stored(name + FactoredLinear.RIGHT, rank, cols));
  }

  private Matrix stored(String name, int rows, int cols) {
    return Matrix.rowMajor(data(name, rows, cols), dtype(name), rows, cols);
  }

  private Weight conv1dRows(String name, int out, int in, RowBlocks part) {
    return backend.matrix(stored(name, in, out).transposed().rowRange(part.from(), part.count()));
  }

  /**
   * Throws for a tensor that no operation reads: a model that ignores some of its weights is a
   * different model.
   */
  void finish() {
    for (TensorInfo tensor : checkpoint.tensors()) {
      if (!used.contains(tensor.name())
          && !part.isOther(tensor.name())
          && !BUFFERS.matcher(tensor.name()).matches()) {
        throw tensor.unexpected();
      }
    }
  }

  private MemorySegment data(String name, long... shape) {
    used.add(part.stored(name));
    TensorInfo tensor = checkpoint.require(part.stored(name), shape);
    tensor.dtype();
    return checkpoint.data(tensor);
  }

  private DType dtype(String name) {
    return tensor(name).dtype();
  }

  private TensorInfo tensor(String name) {
    return checkpoint.find(part.stored(name)).orElseThrow();
  }
}
