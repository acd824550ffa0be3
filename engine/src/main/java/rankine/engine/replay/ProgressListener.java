package rankine.engine.replay;

/** Receives the progress of scoring, on the scoring thread. */
@FunctionalInterface
public interface ProgressListener {

  /** Ignores progress. */
  ProgressListener NONE = (done, total) -> {};

  /** Called when {@code done} of {@code total} prompts are done. */
  void progress(int done, int total);
}
