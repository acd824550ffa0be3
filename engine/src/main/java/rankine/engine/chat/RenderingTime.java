package rankine.engine.chat;

/**
 * Ends a rendering that has taken too long. Jinjava looks at no clock and at no interruption, but
 * each loop that takes long asks for values, or for a range, again and again.
 */
final class RenderingTime {
  private RenderingTime() {}

  /** Not an exception: Jinjava would list it as a fault of the template and go on. */
  static final class Over extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the rendering if its thread was interrupted. */
  static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new Over();
    }
  }
}
