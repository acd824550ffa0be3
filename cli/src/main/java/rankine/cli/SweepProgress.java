package rankine.cli;

import java.util.function.Consumer;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.SweepListener;

/** A progress bar per evaluation of a sweep; passes finished cells on for printing. */
final class SweepProgress implements SweepListener {
  private final CommonOptions common;
  private final Consumer<Cell> cells;
  private Progress bar;

  SweepProgress(CommonOptions common, Consumer<Cell> cells) {
    this.common = common;
    this.cells = cells;
  }

  @Override
  public void decomposing(String matrix) {
    common.remark("SVD of " + matrix);
  }

  @Override
  public void begin(String name) {
    bar = new Progress(name, common.quiet);
  }

  @Override
  public void progress(int done, int total) {
    bar.progress(done, total);
  }

  @Override
  public void end() {
    bar.close();
  }

  @Override
  public void done(Cell cell) {
    cells.accept(cell);
  }
}
