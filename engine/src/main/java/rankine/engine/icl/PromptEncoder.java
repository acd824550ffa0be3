package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.TaskException;
import rankine.tokenizer.Tokenizer;

/**
 * Makes ids of a prompt and its choices. BOS stands first where the tokenizer's configuration adds
 * it; EOS is never added, for the text goes on.
 */
final class PromptEncoder {
  private final Tokenizer tokenizer;
  private final ScoringMethod scoring;

  PromptEncoder(Tokenizer tokenizer, ScoringMethod scoring) {
    this.tokenizer = tokenizer;
    this.scoring = scoring;
  }

  /** Whether every prompt begins with BOS. */
  boolean addsBos() {
    return tokenizer.addsBos() && tokenizer.bosId().isPresent();
  }

  /** For the manifest: {@code bos 1} or {@code none}. */
  String bosPolicy() {
    return addsBos() ? "bos " + tokenizer.bosId().getAsInt() : "none";
  }

  /**
   * The ids of an example.
   *
   * @param where names the row in messages
   * @throws TaskException if prompt or choice has no id to score
   */
  EncodedExample encode(String where, String prompt, List<String> choices) {
    EncodedExample example =
        switch (scoring) {
          case ScoringMethod.Likelihood _ -> joint(where, prompt, choices);
          case ScoringMethod.FirstToken _ -> firstToken(prompt, choices);
          case ScoringMethod.Greedy greedy ->
              new EncodedExample(withBos(prompt), List.of(), greedy.maxTokens());
        };
    if (example.prompt().length == 0) {
      throw new TaskException(where + ": expected a prompt of at least one token, found none");
    }
    return example;
  }

  /** How many ids {@code text} has alone. */
  int tokens(String text) {
    return tokenizer.encode(text).length;
  }

  private int[] withBos(String text) {
    int[] ids = tokenizer.encode(text);
    if (!addsBos()) {
      return ids;
    }
    int[] longer = new int[ids.length + 1];
    longer[0] = tokenizer.bosId().getAsInt();
    System.arraycopy(ids, 0, longer, 1, ids.length);
    return longer;
  }

  /**
   * Encodes prompt and choice together, since a token may reach over the place where they meet. All
   * choices are cut at one place, the end of what they and the prompt share, so that they are
   * continuations of the same ids.
   */
  private EncodedExample joint(String where, String prompt, List<String> choices) {
    int[] alone = withBos(prompt);
    List<int[]> whole = choices.stream().map(choice -> withBos(prompt + choice)).toList();
    int shortest = whole.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    int cut = TokenIds.commonPrefix(alone, whole, shortest - 1);
    if (cut < 1) {
      throw new TaskException(
          where + ": expected prompt and choices to share a token, found that they share none");
    }
    List<int[]> continuations = whole.stream().map(ids -> TokenIds.from(ids, cut)).toList();
    int longest = continuations.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    return new EncodedExample(Arrays.copyOf(alone, cut), continuations, longest);
  }

  private EncodedExample firstToken(String prompt, List<String> choices) {
    List<int[]> alone = choices.stream().map(tokenizer::encode).toList();
    int at = firstTold(alone);
    return new EncodedExample(
        withBos(prompt), alone.stream().map(ids -> new int[] {ids[at]}).toList(), 1);
  }

  /**
   * Where choices encoded alone first differ. This is their first id, but where the tokenizer puts
   * a word boundary before every text: it then stands before each choice and tells nothing.
   */
  private static int firstTold(List<int[]> choices) {
    int shortest = choices.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    if (shortest == 0) {
      throw new TaskException("choices: expected at least one token each, found none");
    }
    return TokenIds.commonPrefix(choices.getFirst(), choices, shortest - 1);
  }

  /**
   * For notes: where the first-token scoring does not score the first id of the label words, or
   * cannot tell two of them apart.
   */
  List<String> notes(List<String> choices) {
    if (!(scoring instanceof ScoringMethod.FirstToken)) {
      return List.of();
    }
    List<int[]> alone = choices.stream().map(tokenizer::encode).toList();
    int at = firstTold(alone);
    List<String> notes = new ArrayList<>();
    if (at > 0) {
      notes.add(
          "the label words, encoded alone, begin with the same %d ids: the next id is scored"
              .formatted(at));
    }
    if (alone.stream().mapToInt(ids -> ids[at]).distinct().count() < alone.size()) {
      notes.add("two label words have the same scored id: they always tie, which is an error");
    }
    return notes;
  }
}
