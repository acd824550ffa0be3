package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;

/**
 * One example as token ids.
 *
 * @param prompt all ids before the continuations, BOS included; at least one
 * @param continuations the ids scored for each choice; empty in a generative task
 * @param reserved positions reserved for the continuation: the longest choice's, or the most new
 *     tokens of an answer
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; see Scorer.Query.
public record EncodedExample(int[] prompt, List<int[]> continuations, int reserved) {

  /** Returns the number of positions needed. */
  int length() {
    return prompt.length + reserved;
  }

  /**
   * Returns this example with its prompt truncated on the left, so that {@link #length} is {@code
   * context}.
   *
   * @param keepsFirst whether the first id is a BOS, which stays first
   */
  EncodedExample leftTruncated(int context, boolean keepsFirst) {
    int room = context - reserved;
    int[] kept = Arrays.copyOfRange(prompt, prompt.length - room, prompt.length);
    if (keepsFirst) {
      kept[0] = prompt[0];
    }
    return new EncodedExample(kept, continuations, reserved);
  }
}
