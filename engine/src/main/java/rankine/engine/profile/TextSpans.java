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
import rankine.engine.replay.Prompt;
import rankine.engine.replay.TokenSpan;
import rankine.engine.replay.TokenTree;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;

/**
 * The text of a study. A common prefix is a span of its own, so that each position is read and
 * counted once.
 *
 * @param source short description of the origin
 * @param tree whose prompts have no continuations
 */
public record TextSpans(String source, TokenTree tree) {
  /**
   * Returns sequences that may begin with the same ids.
   *
   * @param prefix ids of the common beginning; may be empty
   * @param sequences at least one id each
   */
  static TextSpans of(String source, int[] prefix, List<int[]> sequences) {
    return new TextSpans(
        source,
        TokenTree.of(prefix, sequences.stream().map(ids -> new Prompt(ids, List.of())).toList()));
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
    return tree.rows();
  }

  /**
   * Checks that the text fits the context.
   *
   * @throws ModelException for a sequence beyond the context length
   */
  void check(int contextLength) {
    for (int i = 0; i < tree.prompts(); i++) {
      TokenSpan span = tree.span(i);
      int before = span.parent() == TokenSpan.NONE ? 0 : tree.prefixIds().length;
      if (before + span.ids().length > contextLength) {
        throw new ModelException(
            "%s: expected at most %d tokens (the model's context), found %d"
                .formatted(source, contextLength, before + span.ids().length));
      }
    }
  }

  /**
   * Passes the text to {@code reader} in order, in parts of at most {@code chunk} ids.
   *
   * @param empty creates the cache of an empty sequence
   */
  void read(Supplier<KvCache> empty, int chunk, SpanReader reader) {
    List<TokenSpan> spans = tree.spans();
    Set<Integer> continued = spans.stream().map(TokenSpan::parent).collect(Collectors.toSet());
    Map<Integer, KvCache> open = new HashMap<>();
    try {
      for (int i = 0; i < spans.size(); i++) {
        TokenSpan span = spans.get(i);
        KvCache cache =
            span.parent() == TokenSpan.NONE ? empty.get() : open.get(span.parent()).fork();
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
    for (TokenSpan span : tree.spans()) {
      ObjectNode entry = list.addObject();
      if (span.parent() == TokenSpan.NONE) {
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
