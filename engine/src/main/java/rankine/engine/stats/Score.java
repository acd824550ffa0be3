package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The score of one evaluation: of a task's examples, or of a text's windows. */
public sealed interface Score permits TaskScore, TextScore {

  /** What a score measures. */
  enum Metric {
    /** The fraction of correct examples. */
    ACCURACY("accuracy"),
    /** The mean F1 of free-form answers. */
    F1("F1"),
    /** The perplexity of a text: lower is better. */
    PERPLEXITY("perplexity");

    private final String label;

    Metric(String label) {
      this.label = label;
    }

    /** The name for display. */
    public String label() {
      return label;
    }
  }

  /** What is measured. */
  Metric metric();

  /** The number of examples, or of windows. */
  int n();

  /**
   * The value that a choice maximizes: accuracy, F1, or minus the negative log-likelihood per
   * token.
   */
  double value();

  /** The value in the unit of {@link #metric}. */
  double shown();

  /** The 95 % interval of {@link #shown}; absent for F1. */
  Optional<Interval> range();

  /** The figures; keys in snake case. */
  ObjectNode toJson();
}
