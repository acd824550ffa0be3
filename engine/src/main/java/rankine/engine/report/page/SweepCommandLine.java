package rankine.engine.report.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.SweepGrid;
import rankine.engine.sweep.TaskIdentity;

/** The command line that makes a run's figures again. */
final class SweepCommandLine {
  private SweepCommandLine() {}

  /** {@code rankine sweep …}, with NEW and MODEL for the folder and the checkpoint. */
  static String of(RunIdentity identity, SweepGrid grid) {
    StringBuilder words = new StringBuilder("./rankine sweep --run NEW --model MODEL");
    add(words, "tasks", grid.tasks(), Object::toString);
    for (TaskIdentity task : identity.tasks()) {
      words.append(" \\\n  --data ").append(quoted(task.task().name() + "=" + task.data()));
    }
    add(words, "layers", grid.layers(), String::valueOf);
    add(words, "modules", grid.modules(), ModuleSelection::name);
    add(words, "rates", grid.rates(), Object::toString);
    add(words, "seeds", grid.seeds(), String::valueOf);
    identity.shots().ifPresent(shots -> words.append(" --shots ").append(shots));
    identity.limit().ifPresent(limit -> words.append(" --limit ").append(limit));
    words.append(" \\\n  --method ").append(identity.plan().method().label());
    if (identity.plan().method() == EditMethod.RANDOMIZED) {
      sketch(words, identity.toJson());
    }
    words.append(" --factored ").append(identity.plan().factored().label());
    words.append(" --test ").append(identity.test().label());
    return words.append(" --backend ").append(identity.backend()).toString();
  }

  /** The options of the sketch have the names of their keys. */
  private static void sketch(StringBuilder words, ObjectNode identity) {
    identity.properties().stream()
        .filter(entry -> entry.getKey().startsWith("svd_") && !entry.getValue().isNull())
        .forEach(
            entry ->
                words
                    .append(" --")
                    .append(entry.getKey().replace('_', '-'))
                    .append(' ')
                    .append(entry.getValue().asText()));
  }

  private static <T> void add(
      StringBuilder words, String option, List<T> values, Function<T, String> text) {
    String list = values.stream().map(text).collect(Collectors.joining(","));
    words.append(" \\\n  --").append(option).append(' ').append(quoted(list));
  }

  /** As a shell takes it for one word. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
