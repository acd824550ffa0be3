package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import rankine.common.ModelException;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/**
 * The text of a study as a tree of token spans. A common prefix is a span of its own, so that each
 * position is read and counted once.
 *
 * @param source short description of the origin
 * @param spans each after its parent
 */
public record TextSpans(String source, List<TextSpan> spans) {

  /** Copies the list and checks its order. */
  public TextSpans {
    spans = List.copyOf(spans);
    for (int i = 0; i < spans.size(); i++) {
      if (spans.get(i).parent() >= i) {
        throw new IllegalArgumentException("text span " + i + ": expected its parent before it");
      }
    }
  }

  /** Reads a part of a span. */
  interface SpanReader {
    /**
     * Runs {@code sequence} and advances its cache.
     *
     * @param span index of its span
     */
    void read(Batch.Sequence sequence, int span);
  }

  /** Returns the number of positions. */
  public int positions() {
    return spans.stream().mapToInt(p -> p.ids().length).sum();
  }

  /**
   * Checks that the text fits the context.
   *
   * @throws ModelException for a span that ends beyond the context length
   */
  void check(int contextLength) {
    int[] end = new int[spans.size()];
    for (int i = 0; i < end.length; i++) {
      TextSpan span = spans.get(i);
      end[i] = span.ids().length + (span.parent() == TextSpan.NONE ? 0 : end[span.parent()]);
      if (end[i] > contextLength) {
        throw new ModelException(
            "%s: expected at most %d tokens (the model's context), found %d"
                .formatted(source, contextLength, end[i]));
      }
    }
  }

  /**
   * Passes the text to {@code reader} in order, in parts of at most {@code chunk} ids.
   *
   * @param empty creates the cache of an empty sequence
   */
  void read(Supplier<KvCache> empty, int chunk, SpanReader reader) {
    Set<Integer> continued = spans.stream().map(TextSpan::parent).collect(Collectors.toSet());
    Map<Integer, KvCache> open = new HashMap<>();
    try {
      for (int i = 0; i < spans.size(); i++) {
        TextSpan span = spans.get(i);
        KvCache cache =
            span.parent() == TextSpan.NONE ? empty.get() : open.get(span.parent()).fork();
        open.put(i, cache);
        int[] ids = span.ids();
        for (int from = 0; from < ids.length; from += chunk) {
          int[] part = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + chunk));
          reader.read(new Batch.Sequence(cache, part), i);
        }
        if (!continued.contains(i)) {
          open.remove(i).close();
        }
      }
    } finally {
      open.values().forEach(KvCache::close);
    }
  }

  /** Returns source, number of positions, and the ids of each span. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("source", source).put("positions", positions());
    ArrayNode list = json.putArray("passages");
    for (TextSpan span : spans) {
      ObjectNode entry = list.addObject();
      if (span.parent() == TextSpan.NONE) {
        entry.putNull("after");
      } else {
        entry.put("after", span.parent());
      }
      ArrayNode ids = entry.putArray("ids");
      for (int id : span.ids()) {
        ids.add(id);
      }
    }
    return json;
  }
}
