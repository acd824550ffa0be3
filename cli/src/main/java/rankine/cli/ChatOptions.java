package rankine.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;
import rankine.engine.chat.ChatMessage;
import rankine.engine.chat.ChatTemplate;
import rankine.tokenizer.Tokenizer;

/** Whether a prompt is a turn of a conversation. */
final class ChatOptions {
  @Option(
      names = "--chat",
      description =
          "The prompt is a user turn, rendered by the folder's chat_template"
              + " (chat_template.jinja, chat_template.json or tokenizer_config.json) up to where"
              + " the assistant's answer begins. BOS is added only where the template writes it.")
  boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: a system turn before the user's.")
  String system;

  /** Checks that the options fit each other. */
  void check() {
    if (system != null && !chat) {
      throw new UsageException("--system: expected with --chat, found without");
    }
  }

  /** Returns what renders a user turn, by the template in {@code folder}. */
  UnaryOperator<String> renderer(Path folder, Tokenizer tokenizer) {
    ChatTemplate template = ChatTemplate.load(folder);
    return user ->
        template.render(
            tokenizer, ChatMessage.conversation(Optional.ofNullable(system), user), true);
  }
}
