package rankine.cli;

import rankine.engine.sweep.SweepListener;

/** A progress bar for each evaluation or decomposition of a search. */
final class SearchProgress implements SweepListener {
  private final boolean quiet;
  private Progress bar;

  SearchProgress(boolean quiet) {
    this.quiet = quiet;
  }

  @Override
  public void begin(String what) {
    bar = new Progress(what, quiet);
  }

  @Override
  public void progress(int done, int total) {
    bar.progress(done, total);
  }

  @Override
  public void end() {
    bar.close();
  }
}
