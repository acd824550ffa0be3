package rankine.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import rankine.engine.edit.EditPlan;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.ModelIdentity;
import rankine.engine.run.ModelOutput;

/** {@code rankine eval} for a program that runs the prompts elsewhere, such as on a cluster. */
public final class EvalProgram {
  private EvalProgram() {}

  /**
   * Runs {@code rankine eval ARGS} with the prompts run by {@code runner}: same output, same
   * messages.
   *
   * @return exit code: 0 for success, 2 for wrong usage, 1 for any other failure
   */
  public static int run(List<String> args, EvalRunner runner) {
    return Main.run(
        new EvalCommand(runner),
        Stream.concat(Stream.of("eval"), args.stream()).toArray(String[]::new));
  }

  /**
   * Opens the model of an evaluation, with its edits; reads neither task nor data.
   *
   * @param arguments of the evaluation
   * @param identity of the process with the data
   * @throws rankine.common.RunException if this model or its edits are others
   */
  public static OpenModel open(WorkerArguments arguments, ModelIdentity identity) {
    EvalCommand command = new EvalCommand();
    Main.parsing(new CommandLine(command))
        .parseArgs(arguments.with("--quiet").arguments().toArray(String[]::new));
    LoadedModel loaded = command.open();
    try {
      EditPlan plan = command.edit.fitted(loaded, command.edit.plan(), command.common);
      identity.requireSame(ModelIdentity.of(loaded, plan));
      return new OpenModel(loaded, command.edit.applied(loaded, plan, command.common));
    } catch (RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  /** A loaded model with its edits. */
  public static final class OpenModel implements AutoCloseable {
    private final LoadedModel loaded;
    private final LoadedModel edited;

    private OpenModel(LoadedModel loaded, LoadedModel edited) {
      this.loaded = loaded;
      this.edited = edited;
    }

    /** As {@link Evaluator#output}, without progress. */
    public ModelOutput output(PromptBatch batch) {
      ModelOutput output = Evaluator.output(edited, batch, ProgressListener.NONE);
      loaded.checkpoint().checkUnchanged();
      return output;
    }

    /** Returns the {@link Manifest#backend} of this process. */
    public ObjectNode backend() {
      return Manifest.backend(loaded);
    }

    @Override
    public void close() {
      loaded.close();
    }
  }
}
