package rankine.engine.icl;

import java.util.List;
import java.util.Optional;

/**
 * The prompt templates of a task.
 *
 * <p>Without {@code demonstration}, a demonstration is the query, the gold choice and the
 * separator, so that demonstrations, queries and scored choices have one format. Only the paper's
 * own prompts, in which the three differ, set it.
 *
 * @param preamble template of the text before the demonstrations, with the fields of the query's
 *     row
 * @param query template of the query
 * @param given templates of the texts between query and choice that are read and not scored, by
 *     class; empty if there are none
 * @param choices templates of the continuations to score, by class, with their leading space; empty
 *     in a generative task
 * @param rewrite changes of each rendered query, and of each rendered choice but for its leading
 *     space
 * @param separator what follows a demonstration
 * @param demonstration template of a whole demonstration, with the placeholder {@code {label}}
 * @param shown the text for {@code {label}}, by class
 * @param strip which texts lose leading and trailing white space
 */
record PromptFormat(
    Optional<PromptTemplate> preamble,
    PromptTemplate query,
    List<PromptTemplate> given,
    List<PromptTemplate> choices,
    TextRewrite rewrite,
    String separator,
    Optional<PromptTemplate> demonstration,
    List<PromptTemplate> shown,
    StripRule strip) {

  /** A demonstration's placeholder for the label word or the answer. */
  static final String LABEL = "label";

  /** The field values that lose leading and trailing white space. */
  enum StripRule {
    /** None. */
    NONE,
    /** Those in the query only. */
    QUERY,
    /** All. */
    ALL
  }
}
