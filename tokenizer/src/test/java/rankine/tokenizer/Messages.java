package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import rankine.common.TokenizerException;

/** What every message must be. */
final class Messages {
  private Messages() {}

  /** One line that holds all of {@code parts}, and expected and found. */
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
