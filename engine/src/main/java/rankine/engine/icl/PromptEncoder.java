package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.TaskException;
import rankine.engine.replay.Prompt;
import rankine.tokenizer.Tokenizer;

/**
 * Encodes a prompt and its choices as token ids. Adds BOS if the tokenizer's configuration does,
 * never EOS, because the text continues.
 */
public final class PromptEncoder {
  private final Tokenizer tokenizer;
  private final ScoringMethod scoring;

  PromptEncoder(Tokenizer tokenizer, ScoringMethod scoring) {
    this.tokenizer = tokenizer;
    this.scoring = scoring;
  }

  /** Returns an encoder for choices that are scored by their log-likelihood after the prompt. */
  public static PromptEncoder forLikelihood(Tokenizer tokenizer) {
    return new PromptEncoder(tokenizer, new ScoringMethod.Likelihood());
  }

  /** Returns whether every prompt begins with BOS. */
  boolean addsBos() {
    return tokenizer.addsBos() && tokenizer.bosId().isPresent();
  }

  /** Returns {@code bos ID} or {@code none}, for the manifest. */
  String bosPolicy() {
    return addsBos() ? "bos " + tokenizer.bosId().getAsInt() : "none";
  }

  /**
   * Encodes an example.
   *
   * @param where the row's location, for messages
   * @throws TaskException if the prompt has no token, or a choice no token to score
   */
  public Prompt encode(String where, String prompt, List<String> choices) {
    return encode(where, tokenizer::encode, prompt, List.of(), choices);
  }

  /** Returns an encoder of texts that begin with {@code demonstrations}. */
  Tokenizer.PrefixEncoder startingWith(String demonstrations) {
    return tokenizer.startingWith(demonstrations);
  }

  /**
   * Encodes an example whose prompt is the demonstrations of {@code encoder} and a query.
   *
   * @param given texts before the choices that are not scored, by class; empty if there are none
   */
  Prompt encode(
      String where,
      Tokenizer.PrefixEncoder encoder,
      String query,
      List<String> given,
      List<String> choices) {
    Prompt example =
        switch (scoring) {
          case ScoringMethod.Likelihood _ -> joint(where, encoder, query, choices);
          case ScoringMethod.MultipleChoice _, ScoringMethod.GreedyMatch _ ->
              split(where, encoder, query, given, choices);
          case ScoringMethod.FirstToken _ -> firstToken(encoder, query, choices);
          case ScoringMethod.Greedy _ -> new Prompt(withBos(encoder.encode(query)), List.of());
        };
    if (example.ids().length == 0) {
      throw new TaskException(where + ": expected a prompt of at least one token, found none");
    }
    return example;
  }

  /**
   * Returns the number of positions reserved for the continuation: the longest choice's, or the
   * most new tokens of an answer.
   */
  int reserved(Prompt prompt) {
    return scoring instanceof ScoringMethod.Greedy greedy
        ? greedy.maxTokens()
        : prompt.continuations().stream().mapToInt(ids -> ids.length).max().orElseThrow();
  }

  /** Returns the number of positions that a prompt needs. */
  int length(Prompt prompt) {
    return prompt.ids().length + reserved(prompt);
  }

  /**
   * Returns the prompt truncated on the left, so that its {@link #length} is {@code context}; a BOS
   * stays first.
   */
  Prompt leftTruncated(Prompt prompt, int context) {
    int[] ids = prompt.ids();
    int[] kept = TokenIds.suffix(ids, ids.length - (context - reserved(prompt)));
    if (addsBos()) {
      kept[0] = ids[0];
    }
    return new Prompt(kept, prompt.continuations(), prompt.given());
  }

  /** Returns the number of tokens of {@code text}, encoded alone without BOS. */
  int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  private int[] withBos(int[] ids) {
    if (!addsBos()) {
      return ids;
    }
    int[] longer = new int[ids.length + 1];
    longer[0] = tokenizer.bosId().getAsInt();
    System.arraycopy(ids, 0, longer, 1, ids.length);
    return longer;
  }

  /**
   * Encodes prompt and choice together, because a token may span their boundary. Splits all
   * encodings after the longest prefix that they share with the prompt's own encoding, so that all
   * choices continue the same ids.
   */
  private Prompt joint(
      String where, Tokenizer.PrefixEncoder encoder, String query, List<String> choices) {
    int[] alone = withBos(encoder.encode(query));
    List<int[]> whole =
        choices.stream().map(choice -> withBos(encoder.encode(query + choice))).toList();
    int shortest = whole.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    int cut = TokenIds.commonPrefix(alone, whole, shortest - 1);
    if (cut < 1) {
      throw new TaskException(
          where + ": expected prompt and choices to share a token, found that they share none");
    }
    List<int[]> continuations = whole.stream().map(ids -> TokenIds.suffix(ids, cut)).toList();
    return new Prompt(Arrays.copyOf(alone, cut), continuations);
  }

  /**
   * Encodes each context with its choice, and scores the ids after as many as the context has
   * alone. White space at the end of a context belongs to the choice, whose first token it usually
   * begins.
   */
  private Prompt split(
      String where,
      Tokenizer.PrefixEncoder encoder,
      String query,
      List<String> given,
      List<String> choices) {
    List<int[]> whole = new ArrayList<>();
    int[] starts = new int[choices.size()];
    for (int i = 0; i < starts.length; i++) {
      String context = query + (given.isEmpty() ? "" : given.get(i));
      whole.add(withBos(encoder.encode(context + choices.get(i))));
      starts[i] = withBos(encoder.encode(PythonText.stripTrailing(context))).length;
      if (starts[i] >= whole.get(i).length) {
        throw new TaskException(
            "%s: choice %d: expected at least one token, found none".formatted(where, i + 1));
      }
    }
    int shortest = Arrays.stream(starts).min().orElseThrow();
    int cut = TokenIds.commonPrefix(whole.getFirst(), whole, shortest);
    if (cut < 1) {
      throw new TaskException(
          where + ": expected contexts that share a token, found that they share none");
    }
    return new Prompt(
        Arrays.copyOf(whole.getFirst(), cut),
        whole.stream().map(ids -> TokenIds.suffix(ids, cut)).toList(),
        Arrays.stream(starts).map(start -> start - cut).toArray());
  }

  private Prompt firstToken(Tokenizer.PrefixEncoder encoder, String query, List<String> choices) {
    List<int[]> alone = choices.stream().map(tokenizer::encode).toList();
    int at = firstDifference(alone);
    return new Prompt(
        withBos(encoder.encode(query)), alone.stream().map(ids -> new int[] {ids[at]}).toList());
  }

  /**
   * Returns the first index at which the choices' encodings differ. It is 0 unless the tokenizer
   * adds the same token, such as a word boundary, before every text.
   */
  private static int firstDifference(List<int[]> choices) {
    int shortest = choices.stream().mapToInt(ids -> ids.length).min().orElseThrow();
    if (shortest == 0) {
      throw new TaskException("choices: expected at least one token each, found none");
    }
    return TokenIds.commonPrefix(choices.getFirst(), choices, shortest - 1);
  }

  /**
   * Returns notes on first-token scoring: whether it scores a later id than the first, and whether
   * two label words share the scored id.
   */
  List<String> notes(List<String> choices) {
    if (!(scoring instanceof ScoringMethod.FirstToken)) {
      return List.of();
    }
    List<int[]> alone = choices.stream().map(tokenizer::encode).toList();
    int at = firstDifference(alone);
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
