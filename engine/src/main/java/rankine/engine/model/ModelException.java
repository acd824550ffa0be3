package rankine.engine.model;

/** A model that cannot be built, or cannot be asked this. The message is one line. */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line to show. */
  public ModelException(String message) {
    super(message);
  }
}
