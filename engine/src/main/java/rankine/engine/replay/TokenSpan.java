package rankine.engine.replay;

/**
 * Tokens of one sequence that follow those of another segment.
 *
 * @param parent index of the segment that it continues, or {@link #NONE}
 * @param ids at least one
 * @param targets [ids.length][]: the next tokens whose log-probability is wanted; mostly none
 */
@SuppressWarnings("ArrayRecordComponent") // Ids go straight to the backend and are never compared.
record TokenSpan(int parent, int[] ids, int[][] targets) {
  /** The parent of a segment that begins a sequence. */
  static final int NONE = -1;

  /** How many of the tokens before {@code end} have targets. */
  int logitRowsBefore(int end) {
    int logitRows = 0;
    for (int i = 0; i < end; i++) {
      logitRows += targets[i].length > 0 ? 1 : 0;
    }
    return logitRows;
  }

  /** How many tokens have targets. */
  int logitRows() {
    return logitRowsBefore(ids.length);
  }
}
