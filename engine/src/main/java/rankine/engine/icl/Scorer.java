package rankine.engine.icl;

import java.util.List;
import java.util.function.IntPredicate;

/** A language model as an evaluation uses it. */
public interface Scorer {

  /** Returns the model's context length: most positions of prompt and continuation. */
  int contextLength();

  /**
   * Prefills the shared prefix once and keeps its state for later queries.
   *
   * @param ids the ids at the start of every query; may be empty
   */
  Prefix prefill(int[] ids);

  /**
   * Computes for each query the log-likelihood of each of its continuations after prefix and
   * prompt: natural logarithm, summed over the continuation's ids. The queries are batched; they
   * share the prefix and do not attend to one another.
   *
   * @return one array per query, in order; one log-likelihood per continuation, in order
   */
  List<double[]> logLikelihoods(Prefix prefix, List<Query> queries);

  /**
   * Decodes the greedy continuation of prefix and prompt.
   *
   * @param prompt at least one id
   * @return at most {@code maxTokens} ids; stops before an id for which {@code stop} is true
   */
  int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop);

  /** The state (KV cache) of a prefilled prefix. Closing it frees the state. */
  interface Prefix extends AutoCloseable {

    /** Returns the number of prefilled ids. */
    int length();

    @Override
    void close();
  }

  /**
   * The ids of one example after the shared prefix.
   *
   * @param prompt the ids between the prefix and the continuations, at least one
   * @param continuations the ids of each choice, at least one id each
   */
  @SuppressWarnings("ArrayRecordComponent") // Ids go straight to the device and are never compared.
  record Query(int[] prompt, List<int[]> continuations) {}
}
