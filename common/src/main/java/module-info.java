/** Errors, strict JSON, hashes, files that appear whole. Knows nothing of models. */
module rankine.common {
  requires transitive com.fasterxml.jackson.databind;

  exports rankine.common;
}
