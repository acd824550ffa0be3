package rankine.engine.chat;

import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.fn.Functions;
import java.util.List;

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

  /** The function {@code range}, of at most a thousand numbers, which checks the time. */
  static ELFunctionDefinition range() {
    return new ELFunctionDefinition(
        "", "range", RenderingTime.class, "range", Object.class, Object[].class);
  }

  /** Called by the name that {@link #range()} gives. */
  public static List<Integer> range(Object first, Object... others) {
    check();
    return Functions.range(first, others);
  }
}
