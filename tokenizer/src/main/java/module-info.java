/** Text to ids and back. Knows nothing of models. */
module rankine.tokenizer {
  requires com.fasterxml.jackson.databind;

  exports rankine.tokenizer;
}
