package rankine.engine.search;

/** Hears how far a search is. */
public interface SearchListener {
  /** A piece of work begins: {@code what} for people, e.g. {@code validation 0.95}. */
  void begin(String what);

  /** So many of so many parts of it are done. */
  void progress(int done, int total);

  /** It has ended, well or not. */
  void end();
}
