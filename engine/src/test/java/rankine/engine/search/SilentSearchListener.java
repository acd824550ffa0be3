package rankine.engine.search;

import rankine.engine.sweep.SweepListener;

/** Ignores all progress. */
final class SilentSearchListener implements SweepListener {
  @Override
  public void begin(String name) {}

  @Override
  public void progress(int done, int total) {}

  @Override
  public void end() {}
}
