/** Tokenizers: text to token ids and back. */
module rankine.tokenizer {
  requires transitive rankine.common;

  exports rankine.tokenizer;
}
