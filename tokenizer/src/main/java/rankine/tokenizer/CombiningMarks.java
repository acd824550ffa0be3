package rankine.tokenizer;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts long runs of combining marks in canonical order, so that {@link java.text.Normalizer}, which
 * orders marks by insertion, need not: its time grows with the square of a run's length. The text
 * stays canonically equivalent (compatibility equivalent, for the K forms), so its normalized form
 * stays the same.
 */
final class CombiningMarks {
  /** Shorter runs, which are all that ordinary text has, are left alone. */
  private static final int LONG = 64;

  /** A mark of the lowest combining class above 0, and one of the highest. */
  private static final String LOWEST = "\u0334";

  private static final String HIGHEST = "\u0345";

  private final Form decomposed;

  private CombiningMarks(Form form) {
    decomposed = form == Form.NFC || form == Form.NFD ? Form.NFD : Form.NFKD;
  }

  /** {@code text} with its long runs of marks in order. */
  static String order(String text, Form form) {
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Marks above the basic plane count by their surrogates: too long a guess does no harm.
      run = c >= 0x300 && (isMark(c) || Character.isSurrogate(c)) ? run + 1 : 0;
      if (run > LONG) {
        return new CombiningMarks(form).ordered(text);
      }
    }
    return text;
  }

  private String ordered(String text) {
    StringBuilder result = new StringBuilder(text.length());
    StringBuilder run = new StringBuilder();
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (isMark(c)) {
        run.appendCodePoint(c);
      } else {
        flush(run, result);
        result.appendCodePoint(c);
      }
    }
    flush(run, result);
    return result.toString();
  }

  /** Orders the marks of a run; a mark of class 0 is crossed by none. */
  private void flush(StringBuilder run, StringBuilder result) {
    if (run.length() <= LONG) {
      result.append(run);
      run.setLength(0);
      return;
    }
    List<Integer> distinct = run.codePoints().distinct().boxed().toList();
    Map<Integer, int[]> parts = new HashMap<>();
    for (int mark : distinct) {
      parts.put(mark, normalized(Character.toString(mark)).codePoints().toArray());
    }
    Map<Integer, Integer> ranks = ranks(parts.values());
    List<Integer> waiting = new ArrayList<>();
    run.codePoints()
        .flatMap(mark -> Arrays.stream(parts.get(mark)))
        .forEach(
            mark -> {
              if (ranks.get(mark) == 0) {
                append(waiting, ranks, result);
                result.appendCodePoint(mark);
              } else {
                waiting.add(mark);
              }
            });
    append(waiting, ranks, result);
    run.setLength(0);
  }

  private static void append(
      List<Integer> waiting, Map<Integer, Integer> ranks, StringBuilder result) {
    waiting.sort(Comparator.comparing(ranks::get)); // stable
    waiting.forEach(result::appendCodePoint);
    waiting.clear();
  }

  /** For each mark 0 if its class is 0, else a number in the order of the classes. */
  private Map<Integer, Integer> ranks(Iterable<int[]> parts) {
    List<String> marks = new ArrayList<>();
    Map<Integer, Integer> ranks = new HashMap<>();
    for (int[] part : parts) {
      for (int mark : part) {
        if (ranks.put(mark, 0) == null && isCombining(Character.toString(mark))) {
          marks.add(Character.toString(mark));
        }
      }
    }
    marks.sort((a, b) -> swaps(a, b) ? 1 : swaps(b, a) ? -1 : 0);
    int rank = 0;
    for (int i = 0; i < marks.size(); i++) {
      if (i == 0 || swaps(marks.get(i), marks.get(i - 1))) {
        rank++;
      }
      ranks.put(marks.get(i).codePointAt(0), rank);
    }
    return ranks;
  }

  /** Whether the class of {@code mark} is above 0: marks of other such classes change places. */
  private boolean isCombining(String mark) {
    return swaps(mark, LOWEST) || swaps(HIGHEST, mark);
  }

  /** Whether the class of {@code first} is above that of {@code second}, which is above 0. */
  private boolean swaps(String first, String second) {
    return !first.equals(second) && normalized(first + second).equals(second + first);
  }

  private String normalized(String text) {
    return Normalizer.normalize(text, decomposed);
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      // The half-width sound marks are letters, but become marks in the K forms.
      default -> c == 0xFF9E || c == 0xFF9F;
    };
  }
}
