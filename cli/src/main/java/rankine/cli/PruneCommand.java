package rankine.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.prune.CheckpointPruner;
import rankine.engine.run.LoadedModel;

/** {@code prune}: writes a checkpoint whose weights have the edits. */
@Command(
    name = "prune",
    sortOptions = false,
    customSynopsis = "rankine prune --model=DIR --out=DIR --edit=LAYER:MODULE:RATE... [OPTIONS]",
    description = {
      "Write a pruned checkpoint.",
      "Its weights are dense by default, for any loader: the same tensors, dtypes and shards, and"
          + " the original's config and tokenizer files. With --factored it keeps low-rank factors,"
          + " which only Rankine loads. The edits are also written, as rankine_plan.json, for --plan."
    })
final class PruneCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder to create; it must not exist.")
  Path out;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (!edit.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--edit', '--ratio' or '--plan'");
    }
    EditPlan requested = edit.plan(FactoredMode.NEVER);
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      CheckpointPruner pruner =
          CheckpointPruner.plan(loaded.checkpoint(), loaded.model(), plan, out);
      MatrixEditor editor = edit.editor(loaded, plan, common);
      CheckpointPruner.PruneResult result;
      try (Progress bar = new Progress("prune", "matrices", common.quiet)) {
        result = pruner.run(editor, bar::progress);
      }
      pruner.skipped().forEach(file -> common.remark("not copied: " + file));
      remark(result);
      EditOptions.remark(loaded, plan, common);
      if (common.json()) {
        StandardOutput.document(EditOptions.noted(result.toJson(), loaded, plan));
      } else {
        print(StandardOutput.stdout(), result);
        EditOptions.print(StandardOutput.stdout(), loaded.original(), plan);
      }
    }
    return 0;
  }

  private void remark(CheckpointPruner.PruneResult result) {
    if (!result.factored().isEmpty()) {
      common.remark(
          "warning: %d tensors are kept as factors; other loaders will not read this checkpoint"
              .formatted(result.factored().size()));
    }
  }

  private static void print(PrintStream out, CheckpointPruner.PruneResult result) {
    out.printf(
        "%s: %d files, %,d bytes%n",
        result.out(), result.written().files().size(), result.written().bytes());
    out.printf("  sha256 %s%n", result.written().hash());
    out.printf("  tensors changed: %d%n", result.changed().size());
    for (String name : result.changed()) {
      out.printf("    %s%s%n", name, result.factored().contains(name) ? " (factors)" : "");
    }
  }
}
