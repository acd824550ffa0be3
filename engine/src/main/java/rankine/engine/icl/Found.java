package rankine.engine.icl;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Words for what was found instead of what was expected. */
final class Found {
  private static final int MOST = 100;

  private Found() {}

  /** {@code text}, cut where it is too long for a message. */
  static String brief(String text) {
    return text.codePointCount(0, text.length()) <= MOST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST)) + "…";
  }

  /** Why a file could not be read. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "no permission to read it";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : brief(e.getMessage());
    };
  }
}
