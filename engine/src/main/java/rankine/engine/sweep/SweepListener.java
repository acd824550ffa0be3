package rankine.engine.sweep;

import rankine.engine.icl.ProgressListener;

/** Receives the progress of a sweep. */
public interface SweepListener extends ProgressListener {
  /** The decomposition of a matrix begins. */
  void decomposing(String matrix);

  /** An evaluation begins; calls of {@link #progress} follow. */
  void begin(CellKey key);

  /** An evaluation ends, successfully or not. */
  void end();

  /** The finished cell is in the run folder. */
  void done(Cell cell);
}
