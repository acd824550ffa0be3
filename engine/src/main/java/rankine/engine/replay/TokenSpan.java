package rankine.engine.replay;

/**
 * Tokens of one sequence that follow those of another span.
 *
 * @param parent index of the span that it continues, or {@link #NONE}
 * @param ids at least one
 * @param targets [ids.length][]: candidate next tokens to score after each token; mostly empty
 */
@SuppressWarnings("ArrayRecordComponent") // Ids go straight to the backend and are never compared.
public record TokenSpan(int parent, int[] ids, int[][] targets) {
  /** The parent of a span that begins a sequence. */
  public static final int NONE = -1;

  /** Returns the number of tokens before {@code end} that have targets. */
  int logitRowsBefore(int end) {
    int logitRows = 0;
    for (int i = 0; i < end; i++) {
      logitRows += targets[i].length > 0 ? 1 : 0;
    }
    return logitRows;
  }

  /** Returns the number of tokens that have targets. */
  int logitRows() {
    return logitRowsBefore(ids.length);
  }
}
