package rankine.cli;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine;
import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupWorker;
import rankine.engine.sweep.SweepListener;

/**
 * {@code rankine sweep} for a program that evaluates the groups elsewhere, such as on a cluster.
 */
public final class SweepProgram {
  private SweepProgram() {}

  /**
   * Runs {@code rankine sweep ARGS} with the cells evaluated by {@code runner}: same output, same
   * messages, same run folder.
   *
   * @return exit code: 0 for success, 2 for wrong usage, 1 for any other failure
   */
  public static int run(List<String> args, SweepRunner runner) {
    return Main.run(
        new SweepCommand(runner),
        Stream.concat(Stream.of("sweep"), args.stream()).toArray(String[]::new));
  }

  /**
   * Opens the model of a sweep, to evaluate groups of it.
   *
   * @param arguments of the sweep
   * @param identity as for {@link GroupWorker#of}
   */
  public static OpenWorker open(WorkerArguments arguments, String identity) {
    SweepCommand command = new SweepCommand();
    Main.parsing(new CommandLine(command))
        .parseArgs(arguments.with("--quiet").arguments().toArray(String[]::new));
    LoadedModel loaded = command.open();
    try {
      return new OpenWorker(loaded, GroupWorker.of(loaded, command.request(loaded), identity));
    } catch (RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  /** A loaded model and what was kept of the groups that it evaluated. */
  public static final class OpenWorker implements AutoCloseable {
    private final LoadedModel loaded;
    private final GroupWorker worker;

    private OpenWorker(LoadedModel loaded, GroupWorker worker) {
      this.loaded = loaded;
      this.worker = worker;
    }

    /** As {@link GroupWorker#evaluate}, without progress. */
    public void evaluate(GroupAssignment assignment, Consumer<String> line) {
      worker.evaluate(assignment, SilentProgress.INSTANCE, line);
    }

    @Override
    public void close() {
      worker.close();
      loaded.close();
    }
  }

  /** Where nobody watches. */
  private enum SilentProgress implements SweepListener {
    INSTANCE;

    @Override
    public void begin(String name) {}

    @Override
    public void progress(int done, int total) {}

    @Override
    public void end() {}
  }
}
