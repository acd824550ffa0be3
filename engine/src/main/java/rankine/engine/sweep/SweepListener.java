package rankine.engine.sweep;

import rankine.engine.replay.ProgressListener;

/** Receives the progress of a search or a sweep. */
public interface SweepListener extends ProgressListener {
  /** An evaluation or another task begins; calls of {@link #progress} follow. */
  void begin(String name);

  /** The task has ended, successfully or not. */
  void end();

  /** The decomposition of a matrix begins. */
  default void decomposing(String matrix) {}

  /** A cell is finished, and kept where there is a folder. */
  default void done(Cell cell) {}
}
