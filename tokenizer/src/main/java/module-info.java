/** Tokenizers: text to token ids and back. */
module rankine.tokenizer {
  requires com.fasterxml.jackson.databind;

  exports rankine.tokenizer;
}
