package rankine.engine.search;

/** Receives the progress of a search. */
public interface SearchListener {
  /** A task begins; {@code name} is for display, e.g. {@code validation 0.95}. */
  void begin(String name);

  /** {@code done} of {@code total} units of the task are finished. */
  void progress(int done, int total);

  /** The task has ended, successfully or not. */
  void end();
}
