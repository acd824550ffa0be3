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
 * Sorts long runs of combining marks into canonical order before normalization, because {@link
 * java.text.Normalizer} uses an insertion sort, which is quadratic in the length of a run. The
 * sorted text is canonically equivalent (compatibility equivalent for the K forms), so its
 * normalized form is the same.
 */
final class CombiningMarks {
  /** Longest run left unsorted, in UTF-16 units; ordinary text has no longer one. */
  private static final int MAX_UNSORTED_RUN = 64;

  /** A mark of the lowest canonical combining class above 0. */
  private static final String LOWEST_CLASS_MARK = "\u0334";

  /** A mark of the highest canonical combining class. */
  private static final String HIGHEST_CLASS_MARK = "\u0345";

  private final Form decomposition;

  private CombiningMarks(Form form) {
    decomposition = form == Form.NFC || form == Form.NFD ? Form.NFD : Form.NFKD;
  }

  /** Returns {@code text} with its long runs of marks in canonical order. */
  static String sortMarks(String text, Form form) {
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Counts every surrogate as a mark: an overestimate only costs the sort.
      run = c >= 0x300 && (isMark(c) || Character.isSurrogate(c)) ? run + 1 : 0;
      if (run > MAX_UNSORTED_RUN) {
        return new CombiningMarks(form).sorted(text);
      }
    }
    return text;
  }

  private String sorted(String text) {
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

  /** Appends the run to the result, sorted; no mark moves across a mark of class 0. */
  private void flush(StringBuilder run, StringBuilder result) {
    if (run.length() <= MAX_UNSORTED_RUN) {
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
    List<Integer> pending = new ArrayList<>();
    run.codePoints()
        .flatMap(mark -> Arrays.stream(parts.get(mark)))
        .forEach(
            mark -> {
              if (ranks.get(mark) == 0) {
                append(pending, ranks, result);
                result.appendCodePoint(mark);
              } else {
                pending.add(mark);
              }
            });
    append(pending, ranks, result);
    run.setLength(0);
  }

  private static void append(
      List<Integer> pending, Map<Integer, Integer> ranks, StringBuilder result) {
    pending.sort(Comparator.comparing(ranks::get)); // stable
    pending.forEach(result::appendCodePoint);
    pending.clear();
  }

  /** Maps each mark to 0 if its combining class is 0, else to the rank of its class. */
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

  /**
   * Returns whether the class of {@code mark} is above 0, so that it reorders with marks of other
   * classes.
   */
  private boolean isCombining(String mark) {
    return swaps(mark, LOWEST_CLASS_MARK) || swaps(HIGHEST_CLASS_MARK, mark);
  }

  /**
   * Returns whether normalization swaps the two: the class of {@code first} is higher, that of
   * {@code second} is above 0.
   */
  private boolean swaps(String first, String second) {
    return !first.equals(second) && normalized(first + second).equals(second + first);
  }

  private String normalized(String text) {
    return Normalizer.normalize(text, decomposition);
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
