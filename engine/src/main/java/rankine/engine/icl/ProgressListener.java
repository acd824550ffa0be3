package rankine.engine.icl;

/** Hears how far an evaluation is. Called on the evaluating thread. */
@FunctionalInterface
public interface ProgressListener {

  /** Hears nothing. */
  ProgressListener NONE = (done, total) -> {};

  /** {@code done} of {@code total} examples have their prediction. */
  void progress(int done, int total);
}
