package rankine.spark;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The model of an executor, with what was kept of the tasks before. It outlives tasks, so it is the
 * one static state of this module: Spark gives tasks no other place that does.
 *
 * @param <K> what it was opened for: the command line, and the hashes that the driver expects
 * @param <M> the open model
 */
final class ExecutorModel<K, M extends AutoCloseable> {
  private K key;
  private M model;

  /**
   * Uses the model; tasks of one executor take turns, as one uses all its cores.
   *
   * @param wanted another than the last closes the model and opens a new one
   */
  synchronized <R> R use(K wanted, Supplier<M> open, Function<M, R> use) {
    if (!wanted.equals(key)) {
      close();
      model = open.get();
      key = wanted;
    }
    return use.apply(model);
  }

  private void close() {
    if (model == null) {
      return;
    }
    key = null;
    try {
      model.close();
    } catch (Exception e) {
      throw new IllegalStateException(e); // neither model declares one
    } finally {
      model = null;
    }
  }
}
