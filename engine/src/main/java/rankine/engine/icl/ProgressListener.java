package rankine.engine.icl;

/** Receives the progress of an evaluation, on the evaluating thread. */
@FunctionalInterface
public interface ProgressListener {

  /** Ignores progress. */
  ProgressListener NONE = (done, total) -> {};

  /** Called when {@code done} of {@code total} examples are done. */
  void progress(int done, int total);
}
