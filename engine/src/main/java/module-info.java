/**
 * The engine: reads checkpoints, builds models, edits and decomposes their weights, and runs
 * generation, in-context evaluation, profiles, pruning searches and sweeps, with statistics and
 * reports. Each package page says what the package holds.
 *
 * <p>Not here: kernels and backends (rankine.kernels), tokenizers (rankine.tokenizer), the command
 * line (rankine.cli).
 */
module rankine.engine {
  requires transitive rankine.common;
  requires transitive rankine.kernels;
  requires transitive rankine.tokenizer;
  requires transitive com.fasterxml.jackson.databind;
  requires commons.math3;
  requires org.apache.commons.csv;

  exports rankine.engine.checkpoint;
  exports rankine.engine.edit;
  exports rankine.engine.icl;
  exports rankine.engine.lowrank;
  exports rankine.engine.model;
  exports rankine.engine.profile;
  exports rankine.engine.prune;
  exports rankine.engine.replay;
  exports rankine.engine.report;
  exports rankine.engine.report.page;
  exports rankine.engine.run;
  exports rankine.engine.search;
  exports rankine.engine.stats;
  exports rankine.engine.sweep;
}
