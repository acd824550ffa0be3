package rankine.engine.search;

/** Ignores all progress. */
final class SilentSearchListener implements SearchListener {
  @Override
  public void begin(String name) {}

  @Override
  public void progress(int done, int total) {}

  @Override
  public void end() {}
}
