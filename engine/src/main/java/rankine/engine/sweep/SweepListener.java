package rankine.engine.sweep;

import rankine.engine.icl.ProgressListener;

/** Hears how far a sweep is. */
public interface SweepListener extends ProgressListener {
  /** The decomposition of a matrix begins. */
  void decomposing(String matrix);

  /** An evaluation begins; its {@link #progress} follows. */
  void begin(CellKey key);

  /** An evaluation ends, well or not. */
  void end();

  /** The cell that began is in the run folder. */
  void done(Cell cell);
}
