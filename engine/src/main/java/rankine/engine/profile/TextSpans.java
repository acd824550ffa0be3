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
 * The text of a study. What several passages begin with is a passage of its own, so that each
 * position is read, and counted, once.
 *
 * @param source where the text comes from, in a word or two
 * @param passages each after the one that it continues
 */
public record TextSpans(String source, List<TextSpan> passages) {

  /** Copies the list and checks its order. */
  public TextSpans {
    passages = List.copyOf(passages);
    for (int i = 0; i < passages.size(); i++) {
      if (passages.get(i).after() >= i) {
        throw new IllegalArgumentException("passage " + i + " before the one that it continues");
      }
    }
  }

  /** Reads a piece of a passage. */
  interface SpanReader {
    /**
     * Runs {@code piece} and advances its cache.
     *
     * @param passage its index
     */
    void read(Batch.Sequence piece, int passage);
  }

  /** Positions in all. */
  public int positions() {
    return passages.stream().mapToInt(p -> p.ids().length).sum();
  }

  /**
   * Whether a model can read them.
   *
   * @throws ModelException for a passage that ends beyond the model's context
   */
  void check(int contextLength) {
    int[] end = new int[passages.size()];
    for (int i = 0; i < end.length; i++) {
      TextSpan passage = passages.get(i);
      end[i] = passage.ids().length + (passage.after() == TextSpan.NONE ? 0 : end[passage.after()]);
      if (end[i] > contextLength) {
        throw new ModelException(
            "%s: expected at most %d tokens (the model's context), found %d"
                .formatted(source, contextLength, end[i]));
      }
    }
  }

  /**
   * Gives {@code reader} all pieces in order.
   *
   * @param empty makes an empty sequence
   * @param most ids of a piece
   */
  void read(Supplier<KvCache> empty, int most, SpanReader reader) {
    Set<Integer> continued = passages.stream().map(TextSpan::after).collect(Collectors.toSet());
    Map<Integer, KvCache> open = new HashMap<>();
    try {
      for (int i = 0; i < passages.size(); i++) {
        TextSpan passage = passages.get(i);
        KvCache cache =
            passage.after() == TextSpan.NONE ? empty.get() : open.get(passage.after()).fork();
        open.put(i, cache);
        int[] ids = passage.ids();
        for (int from = 0; from < ids.length; from += most) {
          int[] piece = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + most));
          reader.read(new Batch.Sequence(cache, piece), i);
        }
        if (!continued.contains(i)) {
          open.remove(i).close();
        }
      }
    } finally {
      open.values().forEach(KvCache::close);
    }
  }

  /** Source, number of positions, and the ids of each passage. */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("source", source).put("positions", positions());
    ArrayNode list = json.putArray("passages");
    for (TextSpan passage : passages) {
      ObjectNode entry = list.addObject();
      if (passage.after() == TextSpan.NONE) {
        entry.putNull("after");
      } else {
        entry.put("after", passage.after());
      }
      ArrayNode ids = entry.putArray("ids");
      for (int id : passage.ids()) {
        ids.add(id);
      }
    }
    return json;
  }
}
