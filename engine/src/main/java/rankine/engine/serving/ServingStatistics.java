package rankine.engine.serving;

/**
 * What a scheduler does and has done.
 *
 * @param running sequences that run
 * @param waiting sequences that wait
 * @param promptTokens tokens of prompts that were computed
 * @param cachedTokens tokens of prompts that were known from an earlier request
 * @param generatedTokens new tokens
 * @param steps batches that were run
 * @param keptSequences sequences that are done and kept
 * @param keptBytes bytes of their keys and values
 */
public record ServingStatistics(
    int running,
    int waiting,
    long promptTokens,
    long cachedTokens,
    long generatedTokens,
    long steps,
    int keptSequences,
    long keptBytes) {
  /** Returns these numbers with others of what runs and waits now. */
  ServingStatistics with(int nowRunning, int nowWaiting) {
    return new ServingStatistics(
        nowRunning,
        nowWaiting,
        promptTokens,
        cachedTokens,
        generatedTokens,
        steps,
        keptSequences,
        keptBytes);
  }
}
