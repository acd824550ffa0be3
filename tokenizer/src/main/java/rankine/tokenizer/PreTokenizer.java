package rankine.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * How normalized text is split into the pieces that merging does not cross. The semantics are
 * Hugging Face tokenizers'.
 */
sealed interface PreTokenizer {
  /** Takes the pieces in order; none is empty. */
  interface PieceSink {
    /**
     * Takes one piece.
     *
     * @param start whether the piece begins where the whole text begins
     */
    void piece(String piece, boolean start);
  }

  /** Splits {@code text}, which is not empty. */
  void split(String text, boolean start, PieceSink sink);

  /** The parts, each on the pieces of the one before; with no parts, text is one piece. */
  record PreTokenizerSequence(List<PreTokenizer> parts) implements PreTokenizer {
    public PreTokenizerSequence {
      parts = List.copyOf(parts);
    }

    @Override
    public void split(String text, boolean start, PieceSink sink) {
      from(0, text, start, sink);
    }

    private void from(int index, String text, boolean start, PieceSink sink) {
      if (index == parts.size()) {
        sink.piece(text, start);
      } else {
        parts.get(index).split(text, start, (piece, s) -> from(index + 1, piece, s, sink));
      }
    }
  }

  /**
   * Writes text in the {@link ByteAlphabet}, after splitting it.
   *
   * @param prefixSpace text that does not begin with a space gets one
   * @param finder GPT-2's pattern, or null to leave text whole
   */
  record ByteLevelPreTokenizer(boolean prefixSpace, PatternFinder finder) implements PreTokenizer {
    @Override
    public void split(String text, boolean start, PieceSink sink) {
      String whole = prefixSpace && text.charAt(0) != ' ' ? " " + text : text;
      if (finder == null) {
        sink.piece(ByteAlphabet.write(whole), start);
      } else {
        PieceSink write = (piece, s) -> sink.piece(ByteAlphabet.write(piece), s);
        new Split(finder, Behavior.ISOLATED, false).split(whole, start, write);
      }
    }
  }

  /** Writes spaces as {@code replacement} and puts one in front. */
  record MetaspacePreTokenizer(char replacement, Scheme scheme, boolean split)
      implements PreTokenizer {
    /** Where text that does not begin with the replacement gets one. */
    enum Scheme {
      ALWAYS,
      FIRST,
      NEVER
    }

    @Override
    public void split(String text, boolean start, PieceSink sink) {
      String written = text.replace(' ', replacement);
      boolean prefix =
          switch (scheme) {
            case ALWAYS -> true;
            case FIRST -> start;
            case NEVER -> false;
          };
      if (prefix && written.charAt(0) != replacement) {
        written = replacement + written;
      }
      if (!split) {
        sink.piece(written, start);
        return;
      }
      int from = 0;
      for (int i = written.indexOf(replacement, 1);
          i >= 0;
          i = written.indexOf(replacement, from + 1)) {
        sink.piece(written.substring(from, i), start && from == 0);
        from = i;
      }
      sink.piece(written.substring(from), start && from == 0);
    }
  }

  /** What becomes of the places that a pattern finds. */
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
   * @param invert what lies between the places counts as found, and the places as between
   */
  record Split(PatternFinder finder, Behavior behavior, boolean invert) implements PreTokenizer {
    private record TextRange(int from, int to, boolean found) {}

    @Override
    public void split(String text, boolean start, PieceSink sink) {
      if (behavior == Behavior.ISOLATED) {
        isolate(text, start, sink);
        return;
      }
      for (TextRange range : joined(ranges(text))) {
        if (!(range.found && behavior == Behavior.REMOVED)) {
          sink.piece(text.substring(range.from, range.to), start && range.from == 0);
        }
      }
    }

    private void isolate(String text, boolean start, PieceSink sink) {
      int[] end = {0};
      finder.find(
          text,
          (from, to) -> {
            if (from > end[0]) {
              sink.piece(text.substring(end[0], from), start && end[0] == 0);
            }
            sink.piece(text.substring(from, to), start && from == 0);
            end[0] = to;
          });
      if (end[0] < text.length()) {
        sink.piece(text.substring(end[0]), start && end[0] == 0);
      }
    }

    /** The text in ranges, found and between, without gaps. */
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

    private List<TextRange> joined(List<TextRange> ranges) {
      if (behavior == Behavior.REMOVED) {
        return ranges;
      }
      List<TextRange> result = new ArrayList<>();
      for (TextRange range : ranges) {
        TextRange last = result.isEmpty() ? null : result.getLast();
        boolean join =
            last != null
                && switch (behavior) {
                  case CONTIGUOUS -> last.found == range.found;
                  case MERGED_WITH_PREVIOUS -> range.found && !last.found;
                  case MERGED_WITH_NEXT -> last.found && !range.found;
                  case ISOLATED, REMOVED -> false;
                };
        if (join) {
          // After a join with its neighbour the range counts as what came last in the text.
          result.set(result.size() - 1, new TextRange(last.from, range.to, range.found));
        } else {
          result.add(range);
        }
      }
      return result;
    }
  }
}
