package rankine.engine.icl;

/** The method that turns a model's outputs into a prediction. */
sealed interface ScoringMethod {

  /**
   * Multiple choice by log-likelihood. Prompt and choice are encoded together; a choice's score is
   * the log-likelihood of all its ids after the prompt's. A tie goes to the lowest class.
   */
  record Likelihood() implements ScoringMethod {}

  /**
   * Multiple choice by log-likelihood, split as lm-evaluation-harness splits: a choice begins after
   * as many ids as its context has, encoded alone without the white space at its end. The context
   * is the prompt and what {@link PromptFormat#given} puts before the choice. A tie goes to the
   * lowest class.
   */
  record MultipleChoice() implements ScoringMethod {}

  /**
   * The reference code's method: each choice is encoded alone, and one id of it is scored after the
   * prompt's ids. A tie is an error.
   */
  record FirstToken() implements ScoringMethod {}

  /**
   * Generative: compares the greedy continuation, up to a line break, with the gold answers.
   *
   * @param maxTokens most tokens of an answer
   * @param containment whether F1 is the reference code's: 1 for any answer that contains a gold
   *     one
   */
  record Greedy(int maxTokens, boolean containment) implements ScoringMethod {}

  /**
   * Whether the one choice of each row is the greedy continuation: every id of it, split from the
   * prompt as in {@link MultipleChoice}, is the most likely one after those before.
   */
  record GreedyMatch() implements ScoringMethod {}
}
