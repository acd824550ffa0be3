package rankine.engine.icl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Exact match and F1 of a short answer, as SQuAD v1.1's evaluation script defines them. Texts are
 * normalised first: lower case, no ASCII punctuation, no words a, an, the, and single spaces. Of
 * several gold answers the best score counts.
 */
final class SquadScore {
  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern SPACES = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private SquadScore() {}

  static String normalise(String text) {
    String bare = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return SPACES.matcher(ARTICLES.matcher(bare).replaceAll(" ")).replaceAll(" ").strip();
  }

  /** Returns whether the normalised answer equals a gold answer. */
  static boolean exact(String answer, List<String> accepted) {
    String normal = normalise(answer);
    return accepted.stream().anyMatch(gold -> normalise(gold).equals(normal));
  }

  /** Returns the best F1 (harmonic mean of precision and recall) over words, in [0, 1]. */
  static double f1(String answer, List<String> accepted) {
    return accepted.stream().mapToDouble(gold -> f1(answer, gold)).max().orElse(0);
  }

  /**
   * Returns the reference code's F1: as {@link #f1}, but 1 for an answer that contains a gold one.
   */
  static double containmentF1(String answer, List<String> accepted) {
    String lower = answer.toLowerCase(Locale.ROOT);
    boolean contains =
        accepted.stream().anyMatch(gold -> lower.contains(gold.strip().toLowerCase(Locale.ROOT)));
    return contains ? 1 : f1(answer, accepted);
  }

  private static double f1(String answer, String gold) {
    List<String> found = words(answer);
    List<String> expected = words(gold);
    Map<String, Integer> unmatched = new HashMap<>();
    expected.forEach(word -> unmatched.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : found) {
      if (unmatched.merge(word, -1, Integer::sum) >= 0) {
        common++;
      }
    }
    // 0 also if both are empty: they have no common word.
    return common == 0 ? 0 : 2.0 * common / (found.size() + expected.size());
  }

  private static List<String> words(String text) {
    String normal = normalise(text);
    return normal.isEmpty() ? List.of() : Arrays.asList(normal.split(" ", -1));
  }
}
