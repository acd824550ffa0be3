/** Tokenizers: text to token ids and back. */
@SuppressWarnings("module") // the modules that see the package are compiled later
module rankine.tokenizer {
  requires transitive rankine.common;
  requires com.fasterxml.jackson.databind;

  exports rankine.tokenizer to
      rankine.engine,
      rankine.cli,
      rankine.benchmarks;
}
