package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import rankine.common.TokenizerException;

/** Checks the form of error messages. */
final class ErrorMessages {
  private ErrorMessages() {}

  /** Asserts one line with "expected", "found" and all of {@code parts}. */
  static void check(TokenizerException e, String... parts) {
    String message = e.getMessage();
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.length() < 800, message);
    assertTrue(message.contains(": expected ") && message.contains(", found "), message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> message + " lacks " + part);
    }
  }
}
