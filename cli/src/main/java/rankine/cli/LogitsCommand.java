package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.edit.EditPlan;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.NextTokenLogits;

/** {@code logits}: the next-token logits of a prompt. */
@Command(
    name = "logits",
    sortOptions = false,
    customSynopsis = {
      "rankine logits --model=DIR (--ids=ID[,ID...] | --prompt=TEXT)",
      "      [--greedy=N] [--edit=LAYER:MODULE:RATE]... [OPTIONS]"
    },
    description = {
      "Print a prompt's next-token logits, and its greedy continuation.",
      "Text shows the ten most likely token ids; JSON has all logits."
    })
final class LogitsCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder.")
  Path model;

  @ArgGroup(multiplicity = "1")
  PromptInput input;

  @Option(
      names = "--greedy",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "Also decode N tokens greedily (default: ${DEFAULT-VALUE}).")
  int greedy;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan requested = edit.plan();
    try (LoadedModel loaded = common.open(model, cache.cache(common))) {
      int[] ids = input.ids(loaded);
      EditPlan plan = edit.fitted(loaded, requested, common);
      NextTokenLogits next = NextTokenLogits.after(edit.applied(loaded, plan, common), ids, greedy);
      loaded.checkpoint().checkUnchanged();
      if (common.json()) {
        StandardOutput.document(EditOptions.noted(json(ids, next), loaded, plan));
      } else {
        print(next);
      }
    }
    return 0;
  }

  private static ObjectNode json(int[] ids, NextTokenLogits next) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode given = json.putArray("ids");
    for (int id : ids) {
      given.add(id);
    }
    ArrayNode logits = json.putArray("last_logits");
    for (float logit : next.logits()) {
      logits.add(logit);
    }
    ArrayNode greedy = json.putArray("greedy");
    for (int id : next.greedy()) {
      greedy.add(id);
    }
    return json;
  }

  private void print(NextTokenLogits next) {
    var out = StandardOutput.stdout();
    out.println("most likely next token ids, with logits:");
    for (int id : next.top(10)) {
      out.printf("  %6d  %10.4f%n", id, next.logits()[id]);
    }
    if (greedy > 0) {
      out.print("greedy:");
      for (int id : next.greedy()) {
        out.print(" " + id);
      }
      out.println();
    }
  }
}
