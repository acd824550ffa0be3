package rankine.engine.icl;

import java.util.List;
import java.util.Optional;

/**
 * The texts of a task.
 *
 * <p>Without {@code demonstration}, a demonstration is the query, the right choice and a line
 * break: what is shown is then what is asked and what is scored. Only the paper's own prompts,
 * where the three differ, have it.
 *
 * @param query what the model is asked
 * @param choices the continuations scored, by class, with their leading space; empty for answers
 * @param demonstration a demonstration's whole text, with the place {@code {label}}
 * @param shown what stands at {@code {label}}, by class
 * @param strip which texts lose the white space around them
 */
record PromptFormat(
    PromptTemplate query,
    List<PromptTemplate> choices,
    Optional<PromptTemplate> demonstration,
    List<PromptTemplate> shown,
    StripRule strip) {

  /** The place, in a demonstration's template, of the class's word or of the answer. */
  static final String LABEL = "label";

  /** Which texts lose the white space around them. */
  enum StripRule {
    /** None: texts stand as in the data. */
    NONE,
    /** The query's texts only. */
    QUERY,
    /** Every text. */
    ALL
  }
}
