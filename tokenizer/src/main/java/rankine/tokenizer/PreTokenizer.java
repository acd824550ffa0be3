package rankine.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits normalized text into pre-tokens, which BPE encodes one by one: no merge crosses their
 * boundaries. The semantics are those of Hugging Face tokenizers.
 */
sealed interface PreTokenizer {
  /** Receives the pre-tokens in order; none is empty. */
  interface PreTokenSink {
    /**
     * Receives one pre-token.
     *
     * @param start whether it begins at the start of the whole text
     */
    void preToken(String preToken, boolean start);
  }

  /** Splits {@code text}, which is not empty. */
  void split(String text, boolean start, PreTokenSink sink);

  /**
   * Returns a position at which a pre-token ends, whatever follows {@code text}, after pre-tokens
   * that do not depend on what follows; 0 if none is known. {@code text} begins the whole text.
   */
  default int settled(String text) {
    return 0;
  }

  /** Splits the rest of {@code text} from {@code from} on, which is {@link #settled}. */
  default void splitRest(String text, int from, PreTokenSink sink) {
    if (from != 0) {
      throw new IllegalArgumentException("from: expected 0, found " + from);
    }
    split(text, true, sink);
  }

  /**
   * Applies each part to the pre-tokens of the part before. Without parts, text is one pre-token.
   */
  record PreTokenizerSequence(List<PreTokenizer> parts) implements PreTokenizer {
    public PreTokenizerSequence {
      parts = List.copyOf(parts);
    }

    @Override
    public void split(String text, boolean start, PreTokenSink sink) {
      splitFrom(0, text, start, sink);
    }

    @Override
    public int settled(String text) {
      return parts.isEmpty() ? 0 : parts.getFirst().settled(text);
    }

    @Override
    public void splitRest(String text, int from, PreTokenSink sink) {
      if (parts.isEmpty()) {
        PreTokenizer.super.splitRest(text, from, sink);
      } else {
        parts.getFirst().splitRest(text, from, (preToken, s) -> splitFrom(1, preToken, s, sink));
      }
    }

    private void splitFrom(int index, String text, boolean start, PreTokenSink sink) {
      if (index == parts.size()) {
        sink.preToken(text, start);
      } else {
        parts
            .get(index)
            .split(text, start, (preToken, s) -> splitFrom(index + 1, preToken, s, sink));
      }
    }
  }

  /**
   * Splits text and encodes it in the {@link ByteAlphabet}.
   *
   * @param prefixSpace put a space before text that does not begin with one
   * @param finder GPT-2's pattern, or null not to split
   */
  record ByteLevelPreTokenizer(boolean prefixSpace, PatternFinder finder) implements PreTokenizer {
    @Override
    public void split(String text, boolean start, PreTokenSink sink) {
      String whole = prefixSpace && text.charAt(0) != ' ' ? " " + text : text;
      if (finder == null) {
        sink.preToken(ByteAlphabet.encode(whole), start);
      } else {
        splitter().split(whole, start, encoding(sink));
      }
    }

    @Override
    public int settled(String text) {
      return finder == null || prefixSpace ? 0 : splitter().settled(text);
    }

    @Override
    public void splitRest(String text, int from, PreTokenSink sink) {
      if (from == 0) {
        split(text, true, sink);
      } else {
        splitter().splitRest(text, from, encoding(sink));
      }
    }

    private Split splitter() {
      return new Split(finder, Behavior.ISOLATED, false);
    }

    private static PreTokenSink encoding(PreTokenSink sink) {
      return (preToken, start) -> sink.preToken(ByteAlphabet.encode(preToken), start);
    }
  }

  /** Replaces each space by {@code replacement} and prepends one as {@code scheme} specifies. */
  record MetaspacePreTokenizer(char replacement, Scheme scheme, boolean split)
      implements PreTokenizer {
    /** When to prepend the replacement to text that does not begin with it. */
    enum Scheme {
      ALWAYS,
      FIRST,
      NEVER
    }

    @Override
    public void split(String text, boolean start, PreTokenSink sink) {
      String replaced = text.replace(' ', replacement);
      boolean prefix =
          switch (scheme) {
            case ALWAYS -> true;
            case FIRST -> start;
            case NEVER -> false;
          };
      if (prefix && replaced.charAt(0) != replacement) {
        replaced = replacement + replaced;
      }
      if (!split) {
        sink.preToken(replaced, start);
        return;
      }
      int from = 0;
      for (int i = replaced.indexOf(replacement, 1);
          i >= 0;
          i = replaced.indexOf(replacement, from + 1)) {
        sink.preToken(replaced.substring(from, i), start && from == 0);
        from = i;
      }
      sink.preToken(replaced.substring(from), start && from == 0);
    }
  }

  /** Treatment of the delimiters, the matches of the pattern of {@link Split}. */
  enum Behavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
  }

  /**
   * Splits at a pattern.
   *
   * @param invert treat the text between matches as the matches, and the matches as the text
   *     between
   */
  record Split(PatternFinder finder, Behavior behavior, boolean invert) implements PreTokenizer {
    private record TextRange(int from, int to, boolean match) {}

    @Override
    public void split(String text, boolean start, PreTokenSink sink) {
      if (behavior == Behavior.ISOLATED) {
        isolate(text, 0, start, sink);
        return;
      }
      for (TextRange range : mergeRanges(ranges(text))) {
        if (!(range.match && behavior == Behavior.REMOVED)) {
          sink.preToken(text.substring(range.from, range.to), start && range.from == 0);
        }
      }
    }

    @Override
    public int settled(String text) {
      return behavior == Behavior.ISOLATED ? finder.settled(text) : 0;
    }

    @Override
    public void splitRest(String text, int from, PreTokenSink sink) {
      if (behavior == Behavior.ISOLATED) {
        isolate(text, from, true, sink);
      } else {
        PreTokenizer.super.splitRest(text, from, sink);
      }
    }

    private void isolate(String text, int rest, boolean start, PreTokenSink sink) {
      int[] end = {rest};
      finder.find(
          text,
          rest,
          (from, to) -> {
            if (from > end[0]) {
              sink.preToken(text.substring(end[0], from), start && end[0] == 0);
            }
            sink.preToken(text.substring(from, to), start && from == 0);
            end[0] = to;
          });
      if (end[0] < text.length()) {
        sink.preToken(text.substring(end[0]), start && end[0] == 0);
      }
    }

    /** Partitions the text into matches and the text between them. */
    private List<TextRange> ranges(String text) {
      List<TextRange> ranges = new ArrayList<>();
      int[] end = {0};
      finder.find(
          text,
          (from, to) -> {
            if (from > end[0]) {
              ranges.add(new TextRange(end[0], from, invert));
            }
            ranges.add(new TextRange(from, to, !invert));
            end[0] = to;
          });
      if (end[0] < text.length()) {
        ranges.add(new TextRange(end[0], text.length(), invert));
      }
      return ranges;
    }

    private List<TextRange> mergeRanges(List<TextRange> ranges) {
      if (behavior == Behavior.REMOVED) {
        return ranges;
      }
      List<TextRange> result = new ArrayList<>();
      for (TextRange range : ranges) {
        TextRange last = result.isEmpty() ? null : result.getLast();
        boolean merge =
            last != null
                && switch (behavior) {
                  case CONTIGUOUS -> last.match == range.match;
                  case MERGED_WITH_PREVIOUS -> range.match && !last.match;
                  case MERGED_WITH_NEXT -> last.match && !range.match;
                  case ISOLATED, REMOVED -> false;
                };
        if (merge) {
          // The merged range takes the kind (match or not) of its last part.
          result.set(result.size() - 1, new TextRange(last.from, range.to, range.match));
        } else {
          result.add(range);
        }
      }
      return result;
    }
  }
}
