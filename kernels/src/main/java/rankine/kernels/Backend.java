package rankine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import rankine.common.BackendException;

/**
 * Executes programs. A backend owns the resident data: weights, KV caches, activations. During a
 * run it receives token ids; it returns only the results that {@link #read}, {@link
 * #logProbabilities} and {@link #argmax} request.
 *
 * <p>{@link #run} takes a whole program (one layer or several), not a single operation: a device
 * compiles the list once for its shapes, exchanges the weights from layer to layer, and returns to
 * the host only at the end. Programs that differ only in their weights have the same structure.
 *
 * <p>On one backend the same inputs give the same bits for every batch and number of threads.
 * Threads may share weights; only one thread at a time may use the rest of a backend.
 */
public interface Backend extends AutoCloseable {
  /** The name on the command line: {@code scalar}, {@code vector}, … */
  String name();

  /** Describes the device and its use in one line, e.g. {@code 16 lanes, 2 threads}. */
  String description();

  /** Whether activations and KV caches are arrays of the Java heap. */
  default boolean usesHeap() {
    return false;
  }

  /** Makes W resident, for {@link Op.Linear} and the embedding tables. */
  Weight matrix(Matrix source);

  /**
   * Makes an embedding table resident that only {@link Op.Embed} reads, a few rows at a time. A
   * backend that computes on the mapped file reads single rows through {@code rows} instead: a page
   * of a mapped file holds many rows, so the few that are read would keep most of the table in
   * memory.
   */
  default Weight table(Matrix source, RowReader rows) {
    return matrix(source);
  }

  /** Makes a vector resident; {@code source} has shape [1, n]. */
  Weight vector(Matrix source);

  /**
   * Announces programs of this structure before the first run: a device compiles each of their
   * layers as one graph. Programs that were not announced run operation by operation.
   *
   * @throws BackendException if the weights registered so far do not fit in the device's memory
   */
  default void prepare(List<Op> program) {}

  /** Creates the KV cache of an empty sequence. */
  KvCache cache(KvShape shape);

  /** Allocates {@code slots} for batches of at most these numbers of rows. */
  Activations activations(Collection<Slot> slots, int tokenRows, int logitRows);

  /**
   * Runs {@code program} on {@code batch}. {@link Op.AppendKv} writes from position {@link
   * KvCache#length} on; only {@link KvCache#advance} changes that length.
   */
  void run(List<Op> program, Activations activations, Batch batch);

  /** Copies row {@code row} of {@code slot} to {@code into} [slot.width]. */
  void read(Activations activations, Slot slot, int row, float[] into);

  /**
   * Copies {@code count} rows of {@code slot}, starting at {@code row}.
   *
   * @param into [count, slot.width] float32, rows without padding
   */
  void read(Activations activations, Slot slot, int row, int count, MemorySegment into);

  /**
   * Writes rows of a slot; the inverse of {@link #read(Activations, Slot, int, int,
   * MemorySegment)}.
   */
  void write(Activations activations, Slot slot, int row, int count, MemorySegment from);

  /**
   * Returns the log-probability of each target id: {@code logits[i][target] -
   * log(sum(exp(logits[i])))} for each row i of {@code logits} and each of {@code targets[i]},
   * natural logarithm, in the shape of {@code targets}.
   */
  double[][] logProbabilities(Activations activations, Slot logits, int[][] targets);

  /**
   * Returns the column of the largest value in row {@code row} of {@code slot}, the first of equal
   * values; -1 if the row contains NaN.
   */
  int argmax(Activations activations, Slot slot, int row);

  /** Dense linear algebra on resident matrices, for decompositions. */
  MatrixOps matrices();

  @Override
  void close();
}
