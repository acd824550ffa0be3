package rankine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import rankine.common.BackendException;

/**
 * Where programs run. A backend owns what is resident: weights, key/value caches, activations. What
 * crosses to it during a run is token ids; what comes back is what {@link #read} and {@link
 * #logProbabilities} ask for.
 *
 * <p>{@link #run} takes a whole program (a layer, or several), not a single operation: a device
 * compiles the list once for its shapes, exchanges the weights from layer to layer, and returns to
 * the host only at the end. Programs that differ only in their weights have the same structure.
 *
 * <p>On one backend the same inputs give the same bits, whatever the batch and the number of
 * threads. Weights may be shared by threads; everything else of a backend is for one at a time.
 */
public interface Backend extends AutoCloseable {
  /** {@code scalar}, {@code vector}, … as on the command line. */
  String name();

  /** One line for people: the device and how it is used, e.g. {@code 16 lanes, 2 threads}. */
  String description();

  /** Makes W resident, for {@link Op.Linear} and the tables of embeddings. */
  Weight matrix(Matrix source);

  /**
   * Makes a table resident of which {@link Op.Embed} will read a few rows and nothing else will
   * read any. A backend that computes on weights where they lie reads {@code rows} instead: a page
   * of a mapped file is many rows, so the few that are read would keep most of the table in memory.
   */
  default Weight table(Matrix source, RowReader rows) {
    return matrix(source);
  }

  /** Makes a vector resident; {@code source} has shape [1, n]. */
  Weight vector(Matrix source);

  /**
   * Says that programs of this structure will be run, before the first one is: a device compiles
   * their layers as a whole. Others run too, operation by operation.
   *
   * @throws BackendException if the weights so far do not fit in the device's memory
   */
  default void prepare(List<Op> program) {}

  /** An empty sequence. */
  KvCache cache(KvShape shape);

  /** Room for {@code slots} in batches of up to so many rows. */
  Activations activations(Collection<Slot> slots, int tokenRows, int logitRows);

  /**
   * Runs {@code program} over {@code batch}. {@link Op.AppendKv} writes behind each cache's {@link
   * KvCache#length}, which stays as it is until {@link KvCache#advance}.
   */
  void run(List<Op> program, Activations activations, Batch batch);

  /** Copies row {@code row} of {@code slot} to {@code into} [slot.width]. */
  void read(Activations activations, Slot slot, int row, float[] into);

  /**
   * Copies {@code count} rows of {@code slot}, from {@code row} on.
   *
   * @param into [count, slot.width] float32, rows without padding
   */
  void read(Activations activations, Slot slot, int row, int count, MemorySegment into);

  /** The other way: as {@link #read(Activations, Slot, int, int, MemorySegment)}. */
  void write(Activations activations, Slot slot, int row, int count, MemorySegment from);

  /**
   * For each row i of {@code logits} and each of {@code targets[i]}: {@code logits[i][target] -
   * log(sum(exp(logits[i])))}, natural logarithm. Shape as {@code targets}.
   */
  double[][] logProbabilities(Activations activations, Slot logits, int[][] targets);

  /**
   * The column of the largest value of row {@code row} of {@code slot}; of equals the first. -1 if
   * one of them is not a number.
   */
  int argmax(Activations activations, Slot slot, int row);

  /** Dense linear algebra on what is resident, for decompositions. */
  MatrixOps matrices();

  @Override
  void close();
}
