package rankine.engine.report.page;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.common.io.ShellCommand;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.LayerRange;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.sweep.CompressionSettings;
import rankine.engine.sweep.RunIdentity;
import rankine.engine.sweep.SweepGrid;
import rankine.engine.sweep.TaskIdentity;
import rankine.engine.sweep.TextIdentity;

/** The command line that reproduces a run's results. */
final class SweepCommandLine {
  private SweepCommandLine() {}

  /** {@code rankine sweep …}, with NEW and MODEL for the folder and the checkpoint. */
  static String of(RunIdentity identity, SweepGrid grid) {
    StringBuilder command = new StringBuilder("./rankine sweep --run NEW --model MODEL");
    if (!grid.tasks().isEmpty()) {
      add(command, "tasks", grid.tasks(), Object::toString);
      for (TaskIdentity task : identity.tasks()) {
        command
            .append(" \\\n  --data ")
            .append(ShellCommand.quoted(task.task().name() + "=" + task.data()));
      }
    }
    if (grid.texts().isPresent()) {
      add(command, identity.texts().orElseThrow());
    }
    if (!grid.layers().isEmpty()) {
      add(command, "layers", grid.layers(), String::valueOf);
      add(command, "modules", grid.modules(), ModuleSelection::name);
      add(command, "rates", grid.rates(), Object::toString);
    }
    if (!grid.methods().isEmpty()) {
      add(command, "methods", grid.methods(), Object::toString);
      add(command, "ratios", grid.ratios(), Object::toString);
    }
    if (!grid.tasks().isEmpty()) {
      add(command, "seeds", grid.seeds(), String::valueOf);
    }
    identity.shots().ifPresent(shots -> command.append(" --shots ").append(shots));
    identity.limit().ifPresent(limit -> command.append(" --limit ").append(limit));
    identity
        .plan()
        .filter(_ -> !grid.layers().isEmpty())
        .ifPresent(
            plan -> {
              command.append(" \\\n  --method ").append(plan.method().label());
              if (plan.method() == EditMethod.ASVD || plan.method() == EditMethod.WHITENED) {
                Calibration text = plan.calibration().orElseThrow();
                command.append(" --sequential ").append(text.sequential().label());
              }
            });
    identity
        .compression()
        .filter(_ -> !grid.methods().isEmpty())
        .ifPresent(settings -> add(command, settings));
    Set<EditMethod> methods = methods(identity, grid);
    if (methods.contains(EditMethod.RANDOMIZED)) {
      sketch(command, sketch(identity));
    }
    if (methods.stream().anyMatch(EditMethod::isCalibrated)) {
      calibration(command, calibration(identity), methods.contains(EditMethod.ANCHORED));
    }
    command.append(" --factored ").append(factored(identity).label());
    command.append(" --test ").append(identity.test().label());
    return command.append(" --backend ").append(identity.backend()).toString();
  }

  private static void add(StringBuilder command, TextIdentity texts) {
    command.append(" \\\n  --text ").append(ShellCommand.quoted(texts.validation().file()));
    command.append(" --test-text ").append(ShellCommand.quoted(texts.test().file()));
    command.append(" --context ").append(texts.protocol().context());
    command.append(" --stride ").append(texts.protocol().stride());
    command.append(" --mode ").append(texts.protocol().mode().label());
  }

  private static Set<EditMethod> methods(RunIdentity identity, SweepGrid grid) {
    Set<EditMethod> methods = EnumSet.noneOf(EditMethod.class);
    if (!grid.layers().isEmpty()) {
      identity.plan().ifPresent(plan -> methods.add(plan.method()));
    }
    grid.methods().forEach(target -> methods.add(target.method()));
    return methods;
  }

  /** The settings below are common to layers and whole models, because their options are. */
  private static SketchOptions sketch(RunIdentity identity) {
    return identity
        .compression()
        .map(CompressionSettings::sketch)
        .orElseGet(() -> identity.plan().orElseThrow().sketch());
  }

  private static FactoredMode factored(RunIdentity identity) {
    return identity
        .compression()
        .map(CompressionSettings::factored)
        .orElseGet(() -> identity.plan().orElseThrow().factored());
  }

  private static Calibration calibration(RunIdentity identity) {
    return identity
        .compression()
        .flatMap(CompressionSettings::calibration)
        .orElseGet(() -> identity.plan().orElseThrow().calibration().orElseThrow());
  }

  private static void add(StringBuilder command, CompressionSettings settings) {
    command.append(" \\\n  --rank-multiple ").append(settings.rankMultiple());
    command.append(" --allocation ").append(settings.allocation().label());
    if (!settings.skipped().isEmpty()) {
      command.append(" --skip-layers ");
      command.append(
          settings.skipped().stream().map(LayerRange::toString).collect(Collectors.joining(",")));
    }
  }

  private static void sketch(StringBuilder command, SketchOptions sketch) {
    command.append(" --svd-preset ").append(sketch.preset().label());
    sketch.oversampling().ifPresent(p -> command.append(" --svd-oversampling ").append(p));
    sketch.powerIterations().ifPresent(q -> command.append(" --svd-power-iterations ").append(q));
    command.append(" --svd-seed ").append(sketch.seed());
  }

  private static void calibration(
      StringBuilder command, Calibration calibration, boolean anchored) {
    if (anchored) {
      command.append(" --anchor ").append(calibration.anchor());
    }
    command
        .append(" \\\n  --calibration ")
        .append(ShellCommand.quoted(calibration.text().toString()));
    command.append(" --calibration-context ").append(calibration.context());
    command.append(" --calibration-windows ").append(calibration.windows());
  }

  private static <T> void add(
      StringBuilder command, String option, List<T> values, Function<T, String> text) {
    String list = values.stream().map(text).collect(Collectors.joining(","));
    command.append(" \\\n  --").append(option).append(' ').append(ShellCommand.quoted(list));
  }
}
