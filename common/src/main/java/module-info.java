/** Errors, strict JSON, hashes, files that appear whole. Knows nothing of models. */
@SuppressWarnings("module") // the modules that see rankine.common.io are compiled later
module rankine.common {
  requires com.fasterxml.jackson.databind;

  exports rankine.common;
  exports rankine.common.io to
      rankine.tokenizer,
      rankine.kernels,
      rankine.engine,
      rankine.cli,
      rankine.benchmarks;
}
