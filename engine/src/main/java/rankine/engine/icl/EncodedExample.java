package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;

/**
 * One example as ids.
 *
 * @param prompt everything before the continuations, BOS included; at least one id
 * @param continuations the ids scored for each choice; empty in a task with answers
 * @param reserved positions that a continuation may take: of the longest choice, or of the longest
 *     answer
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; see LanguageModel.Query.
record EncodedExample(int[] prompt, List<int[]> continuations, int reserved) {

  /** Positions needed. */
  int length() {
    return prompt.length + reserved;
  }

  /**
   * The same with only the last ids of the prompt, so that {@link #length} is {@code context}; a
   * BOS stays in front.
   *
   * @param keepsFirst whether the first id is a BOS
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
