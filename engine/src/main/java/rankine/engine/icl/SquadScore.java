package rankine.engine.icl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Scores of a short answer, as SQuAD v1.1's own evaluation defines them: texts are compared in
 * lower case, without ASCII punctuation, without the words a, an, the, and with single spaces; of
 * several accepted answers the best counts.
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

  /** Whether the answer equals an accepted one. */
  static boolean exact(String answer, List<String> accepted) {
    String normal = normalise(answer);
    return accepted.stream().anyMatch(gold -> normalise(gold).equals(normal));
  }

  /** The best harmonic mean of precision and recall over words, in [0, 1]. */
  static double f1(String answer, List<String> accepted) {
    return accepted.stream().mapToDouble(gold -> f1(answer, gold)).max().orElse(0);
  }

  /** As {@link #f1}, but 1 for an answer that contains an accepted one: the reference code's. */
  static double containmentF1(String answer, List<String> accepted) {
    String lower = answer.toLowerCase(Locale.ROOT);
    boolean contains =
        accepted.stream().anyMatch(gold -> lower.contains(gold.strip().toLowerCase(Locale.ROOT)));
    return contains ? 1 : f1(answer, accepted);
  }

  private static double f1(String answer, String gold) {
    List<String> found = words(answer);
    List<String> expected = words(gold);
    Map<String, Integer> left = new HashMap<>();
    expected.forEach(word -> left.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : found) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        common++;
      }
    }
    // 0 where both are empty, too: no word is in common.
    return common == 0 ? 0 : 2.0 * common / (found.size() + expected.size());
  }

  private static List<String> words(String text) {
    String normal = normalise(text);
    return normal.isEmpty() ? List.of() : Arrays.asList(normal.split(" ", -1));
  }
}
