/**
 * The engine: reads checkpoints, builds models, edits and decomposes their weights, and runs
 * generation, in-context evaluation, profiles, pruning searches and sweeps, with statistics and
 * reports. Each package page says what the package holds.
 *
 * <p>{@code rankine.engine} is for every program; the other packages are for Rankine's own modules.
 *
 * <p>Not here: kernels and backends (rankine.kernels), tokenizers (rankine.tokenizer), the command
 * line (rankine.cli).
 */
@SuppressWarnings("module") // cli and benchmarks, which see the packages, are compiled later
module rankine.engine {
  requires transitive rankine.common;
  requires rankine.kernels;
  requires rankine.tokenizer;
  requires com.fasterxml.jackson.databind;
  requires commons.math3;
  requires org.apache.commons.csv;
  requires jinjava;
  // This and the next two: for jinjava, which cannot ask for them.
  requires org.apache.commons.lang3;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires java.desktop; // java.beans, in the signatures of Jinjava's resolvers

  exports rankine.engine;
  exports rankine.engine.calibration to
      rankine.cli;
  exports rankine.engine.chat to
      rankine.cli;
  exports rankine.engine.checkpoint to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.edit to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.icl to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.lowrank to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.model to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.perplexity to
      rankine.cli;
  exports rankine.engine.profile to
      rankine.cli;
  exports rankine.engine.prune to
      rankine.cli;
  exports rankine.engine.replay to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.report to
      rankine.cli;
  exports rankine.engine.report.page to
      rankine.cli;
  exports rankine.engine.run to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.scale to
      rankine.cli,
      rankine.benchmarks;
  exports rankine.engine.search to
      rankine.cli;
  exports rankine.engine.serving to
      rankine.cli;
  exports rankine.engine.stats to
      rankine.cli;
  exports rankine.engine.sweep to
      rankine.cli,
      rankine.benchmarks;
}
