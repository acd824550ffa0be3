package rankine.cli;

import rankine.engine.run.LoadedModel;
import rankine.engine.sweep.Sweep;
import rankine.engine.sweep.SweepListener;
import rankine.engine.sweep.SweepRequest;
import rankine.engine.sweep.SweepSummary;

/** Where {@code sweep} evaluates its cells: in this process, or on a cluster. */
public interface SweepRunner {
  /** In this process. */
  SweepRunner LOCAL = (loaded, request, _, listener) -> Sweep.run(loaded, request, listener);

  /**
   * Fills the run folder.
   *
   * @param worker the command line with which other processes evaluate groups of the same sweep
   */
  SweepSummary run(
      LoadedModel loaded, SweepRequest request, WorkerArguments worker, SweepListener listener);
}
