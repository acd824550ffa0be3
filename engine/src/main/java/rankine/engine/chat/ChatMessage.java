package rankine.engine.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param content its text
 */
public record ChatMessage(String role, String content) {

  /** Returns a conversation of one user turn, after a system turn if one is given. */
  public static List<ChatMessage> conversation(Optional<String> system, String user) {
    List<ChatMessage> messages = new ArrayList<>();
    system.ifPresent(text -> messages.add(new ChatMessage("system", text)));
    messages.add(new ChatMessage("user", user));
    return List.copyOf(messages);
  }
}
