package rankine.engine.replay;

import java.io.Serializable;
import java.util.List;

/**
 * Token ids that a model reads, and the continuations that are scored after them.
 *
 * @param ids all ids before the continuations, BOS included; at least one
 * @param continuations at least one id each; none if the model writes the continuation itself
 */
@SuppressWarnings("ArrayRecordComponent") // Ids go straight to the backend and are never compared.
public record Prompt(int[] ids, List<int[]> continuations) implements Serializable {}
