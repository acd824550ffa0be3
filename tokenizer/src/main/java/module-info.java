/** Text to ids and back. Knows nothing of models. */
module rankine.tokenizer {
  requires transitive rankine.common;

  exports rankine.tokenizer;
}
