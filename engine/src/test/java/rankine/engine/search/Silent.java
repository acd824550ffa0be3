package rankine.engine.search;

/** Hears nothing. */
final class Silent implements SearchListener {
  @Override
  public void begin(String what) {}

  @Override
  public void progress(int done, int total) {}

  @Override
  public void end() {}
}
