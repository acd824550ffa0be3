package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import rankine.common.io.Shown;
import rankine.engine.edit.EditPlan;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.NextTokenLogits;
import rankine.engine.run.TokenTexts;

/** {@code logits}: the next-token logits of a prompt. */
@Command(
    name = "logits",
    sortOptions = false,
    customSynopsis = {
      "rankine logits --model=DIR (--ids=ID[,ID...] | --prompt=TEXT | --prompt-file=FILE)",
      "      [--greedy=N] [--edit=LAYER:MODULE:RATE]... [OPTIONS]"
    },
    description = {
      "Print a prompt's next-token logits, and its greedy continuation.",
      "Text shows the most likely next tokens; JSON has all logits."
    })
final class LogitsCommand implements Callable<Integer> {
  @Mixin ModelOption model;

  @ArgGroup(multiplicity = "1")
  PromptInput input;

  @Option(
      names = "--greedy",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description = "Also decode N tokens greedily (default: ${DEFAULT-VALUE}).")
  int greedy;

  @Option(
      names = "--top",
      converter = RangeConverters.Positive.class,
      defaultValue = "10",
      paramLabel = "N",
      description =
          "Show the N most likely next tokens with their probabilities (default:"
              + " ${DEFAULT-VALUE}); JSON has them as 'top' if the option is given.")
  int top;

  @Spec CommandSpec spec;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    EditPlan requested = edit.plan();
    try (LoadedModel loaded = common.open(model.folder, cache.cache(common))) {
      int[] ids = input.ids(loaded);
      EditPlan plan = edit.fitted(loaded, requested, common);
      LoadedModel edited = edit.applied(loaded, plan, common);
      NextTokenLogits next;
      try (Progress _ = Progress.untold("reading the prompt", common.quiet)) {
        next = NextTokenLogits.after(edited, ids, greedy);
      }
      loaded.checkpoint().checkUnchanged();
      if (common.json()) {
        ObjectNode json = EditOptions.noted(json(ids, next), loaded, plan);
        if (isTopGiven()) {
          json.set("top", top(loaded, next));
        }
        StandardOutput.document(json);
      } else {
        print(loaded, next);
        EditOptions.print(StandardOutput.stdout(), loaded.original(), plan);
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

  private ArrayNode top(LoadedModel loaded, NextTokenLogits next) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    Optional<TokenTexts> texts = texts(loaded);
    for (int id : next.top(top)) {
      ObjectNode token = list.addObject().put("id", id);
      texts.ifPresent(known -> token.put("token", known.of(id)));
      token.put("logit", next.logits()[id]).put("probability", next.probability(id));
    }
    return list;
  }

  private void print(LoadedModel loaded, NextTokenLogits next) {
    var out = StandardOutput.stdout();
    Optional<TokenTexts> texts = texts(loaded);
    out.println("most likely next tokens: id, logit, probability");
    for (int id : next.top(top)) {
      out.printf(
          "  %6d  %10.4f  %8.6f%s%n",
          id,
          next.logits()[id],
          next.probability(id),
          texts.map(known -> "  '" + Shown.line(known.of(id)) + "'").orElse(""));
    }
    if (greedy > 0) {
      out.print("greedy:");
      for (int id : next.greedy()) {
        out.print(" " + id);
      }
      out.println();
    }
  }

  /** Without text in the command, and without {@code --top}, no tokenizer is read. */
  private Optional<TokenTexts> texts(LoadedModel loaded) {
    boolean wanted = input.ids == null || isTopGiven();
    return wanted && loaded.hasTokenizer() ? Optional.of(new TokenTexts(loaded)) : Optional.empty();
  }

  private boolean isTopGiven() {
    return spec.commandLine().getParseResult().hasMatchedOption("--top");
  }
}
