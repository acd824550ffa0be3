package rankine.engine.serving;

import java.util.OptionalInt;
import java.util.OptionalLong;
import rankine.common.ModelException;
import rankine.engine.model.Model;
import rankine.engine.run.LoadedModel;

/**
 * Limits of a scheduler.
 *
 * @param parallel most sequences that run at a time
 * @param context most tokens of a sequence; empty: the model's limit, or less where the keys and
 *     values of {@code parallel} such sequences would take more than half of the Java heap
 * @param queue a submission is refused while this number of sequences wait; one that finds fewer is
 *     taken as a whole, with all its prompts
 * @param prefixBytes most bytes of keys and values of sequences that are done, for prompts that
 *     begin as they do; empty: 256 MiB, or an eighth of the Java heap where that is less
 */
public record ServingOptions(
    int parallel, OptionalInt context, int queue, OptionalLong prefixBytes) {
  /** Tokens of a context below which none is chosen. */
  private static final int LEAST_CONTEXT = 256;

  private static final long PREFIX_BYTES = 256L << 20;

  /** Returns the most tokens of a sequence of {@code loaded}. */
  int contextLength(LoadedModel loaded) {
    Model model = loaded.model();
    int limit = model.config().contextLength();
    if (context.isPresent()) {
      if (context.getAsInt() > limit) {
        throw new ModelException(
            "context: expected at most %d (the model's limit), found %d"
                .formatted(limit, context.getAsInt()));
      }
      return context.getAsInt();
    }
    if (!loaded.backend().backend().usesHeap()) {
      return limit;
    }
    long half = loaded.limits().heap() / 2;
    int length = limit;
    while (length / 2 >= LEAST_CONTEXT && model.cacheBytes(length) > half / parallel) {
      length /= 2;
    }
    return length;
  }

  /** Returns the most bytes of keys and values of sequences that are done. */
  long prefixLimit(LoadedModel loaded) {
    return prefixBytes.orElse(Math.min(PREFIX_BYTES, loaded.limits().heap() / 8));
  }
}
