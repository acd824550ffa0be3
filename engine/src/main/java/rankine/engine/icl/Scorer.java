package rankine.engine.icl;

import java.util.List;
import java.util.function.IntPredicate;

/** What an evaluation needs of a language model. */
public interface Scorer {

  /** Most positions (prompt and continuation) that the model can attend to. */
  int contextLength();

  /**
   * Runs the shared prefix once, and keeps what later queries need of it.
   *
   * @param ids the ids that every query begins with; may be empty
   */
  Prefix prefill(int[] ids);

  /**
   * For each query the log-likelihood of each of its continuations after prefix and prompt: natural
   * logarithm, summed over the continuation's ids. One forward batch; the queries share the prefix
   * and do not see one another.
   *
   * @return one array a query, in order; one number a continuation, in order
   */
  List<double[]> logLikelihoods(Prefix prefix, List<Query> queries);

  /**
   * The greedy continuation of prefix and prompt.
   *
   * @param prompt at least one id
   * @return at most {@code maxTokens} ids; ends before an id for which {@code stop} is true
   */
  int[] greedy(Prefix prefix, int[] prompt, int maxTokens, IntPredicate stop);

  /** The computed state of a shared prefix. Closing it frees that state. */
  interface Prefix extends AutoCloseable {

    /** How many ids were prefilled. */
    int length();

    @Override
    void close();
  }

  /**
   * One example's own ids.
   *
   * @param prompt the ids between the prefix and the continuations, at least one
   * @param continuations the ids of each choice, at least one id each
   */
  @SuppressWarnings("ArrayRecordComponent") // Ids go straight to the device and are never compared.
  record Query(int[] prompt, List<int[]> continuations) {}
}
