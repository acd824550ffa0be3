package rankine.engine.report.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.SweepGrid;
import rankine.engine.sweep.TaskIdentity;

/** The command line that reproduces a run's results. */
final class SweepCommandLine {
  private SweepCommandLine() {}

  /** {@code rankine sweep …}, with NEW and MODEL for the folder and the checkpoint. */
  static String of(RunIdentity identity, SweepGrid grid) {
    StringBuilder command = new StringBuilder("./rankine sweep --run NEW --model MODEL");
    add(command, "tasks", grid.tasks(), Object::toString);
    for (TaskIdentity task : identity.tasks()) {
      command.append(" \\\n  --data ").append(quoted(task.task().name() + "=" + task.data()));
    }
    add(command, "layers", grid.layers(), String::valueOf);
    add(command, "modules", grid.modules(), ModuleSelection::name);
    add(command, "rates", grid.rates(), Object::toString);
    add(command, "seeds", grid.seeds(), String::valueOf);
    identity.shots().ifPresent(shots -> command.append(" --shots ").append(shots));
    identity.limit().ifPresent(limit -> command.append(" --limit ").append(limit));
    command.append(" \\\n  --method ").append(identity.plan().method().label());
    switch (identity.plan().method()) {
      case RANDOMIZED -> sketch(command, identity.toJson());
      case ASVD, WHITENED ->
          command
              .append(" --sequential ")
              .append(identity.plan().calibration().orElseThrow().sequential().label());
      case ANCHORED ->
          command.append(" --anchor ").append(identity.plan().calibration().orElseThrow().anchor());
      case EXACT, MAGNITUDE, ZERO -> {}
    }
    identity.plan().calibration().ifPresent(text -> calibration(command, text));
    command.append(" --factored ").append(identity.plan().factored().label());
    command.append(" --test ").append(identity.test().label());
    return command.append(" --backend ").append(identity.backend()).toString();
  }

  /** The options of the sketch are named after their JSON keys. */
  private static void sketch(StringBuilder command, ObjectNode identity) {
    identity.properties().stream()
        .filter(entry -> entry.getKey().startsWith("svd_") && !entry.getValue().isNull())
        .forEach(
            entry ->
                command
                    .append(" --")
                    .append(entry.getKey().replace('_', '-'))
                    .append(' ')
                    .append(entry.getValue().asText()));
  }

  private static void calibration(StringBuilder command, Calibration calibration) {
    command.append(" \\\n  --calibration ").append(quoted(calibration.text().toString()));
    command.append(" --calibration-context ").append(calibration.context());
    command.append(" --calibration-windows ").append(calibration.windows());
  }

  private static <T> void add(
      StringBuilder command, String option, List<T> values, Function<T, String> text) {
    String list = values.stream().map(text).collect(Collectors.joining(","));
    command.append(" \\\n  --").append(option).append(' ').append(quoted(list));
  }

  /** Quotes a word for a POSIX shell. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
