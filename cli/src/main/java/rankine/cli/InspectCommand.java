package rankine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.common.io.Shown;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.run.Inspection;

/** {@code inspect}: describes a checkpoint without loading its weights. */
@Command(
    name = "inspect",
    sortOptions = false,
    description = {
      "Show what a checkpoint is, whether it loads and why not, its sizes, memory needs and tensors.",
      "A checkpoint that does not load is no failure: the exit code is 0 if its files can be read."
    })
final class InspectCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @Option(
      names = "--context",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Estimate the memory of a sequence of N tokens; attention windows bound the keys and"
              + " values of their layers (default: the model's context).")
  Integer context;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    try (Checkpoint checkpoint = Checkpoint.open(model.folder)) {
      Inspection inspection =
          Inspection.of(
              checkpoint, context == null ? OptionalInt.empty() : OptionalInt.of(context));
      if (common.json()) {
        StandardOutput.document(inspection.toJson());
      } else {
        print(checkpoint, inspection);
      }
    }
    return 0;
  }

  private void print(Checkpoint checkpoint, Inspection inspection) {
    PrintStream out = StandardOutput.stdout();
    out.printf("%s%n", model.folder);
    out.printf("  model_type %s%n", Shown.line(inspection.stored()));
    out.printf("  loads: %s%n", inspection.reason().map(r -> "no, " + r).orElse("yes"));
    inspection.notes().forEach(note -> out.printf("  %s%n", note));
    inspection
        .config()
        .ifPresent(
            c ->
                out.printf(
                    "  %s: %d layers, hidden size %d, %d heads (%d key/value) of %d, MLP %d,"
                        + " vocabulary %d, context %d%n",
                    c.architecture(),
                    c.layers(),
                    c.hiddenSize(),
                    c.heads(),
                    c.kvHeads(),
                    c.headDim(),
                    c.intermediateSize(),
                    c.vocabSize(),
                    c.contextLength()));
    out.printf(
        "  %,d parameters in %d tensors%n", inspection.parameters(), checkpoint.tensors().size());
    ObjectNode memory = inspection.memoryJson();
    memory
        .properties()
        .forEach(e -> out.printf("  %-28s %,15d bytes%n", e.getKey(), e.getValue().longValue()));
    for (TensorInfo tensor : inspection.tensors()) {
      out.printf("  %-52s %-5s %s%n", Shown.name(tensor.name()), tensor.type(), tensor.shape());
    }
  }
}
