package rankine.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.Generation;
import rankine.engine.Rankine;
import rankine.engine.Sampling;
import rankine.engine.Turn;

/** LangChain4j's OpenAI client, unchanged: what it receives is what the engine writes. */
@Tag("clients")
class LangChain4jTest {
  private static final int TOKENS = 12;

  @TempDir private static Path folder;
  private static StoriesServer server;
  private static Rankine model;

  @BeforeAll
  static void start() throws IOException {
    server = StoriesServer.start(folder);
    model = Rankine.load(server.model());
  }

  @AfterAll
  static void stop() {
    if (model != null) {
      model.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder chat() {
    return OpenAiChatModel.builder()
        .baseUrl(server.url())
        .apiKey(StoriesServer.KEY)
        .modelName("stories260K")
        .temperature(0.0)
        .maxRetries(0);
  }

  private static Sampling greedy() {
    return Sampling.GREEDY.withMaxTokens(TOKENS);
  }

  @Test
  void chats() {
    ChatResponse found =
        chat()
            .maxTokens(TOKENS)
            .build()
            .chat(SystemMessage.from("Be kind."), UserMessage.from("A story?"));
    Generation expected =
        model.chat(List.of(Turn.system("Be kind."), Turn.user("A story?")), greedy(), text -> {});
    assertEquals(expected.text(), found.aiMessage().text());
    assertEquals(TOKENS, found.tokenUsage().outputTokenCount());
    assertEquals(FinishReason.LENGTH, found.finishReason());
  }

  @Test
  void streamsChats() {
    OpenAiStreamingChatModel streaming =
        OpenAiStreamingChatModel.builder()
            .baseUrl(server.url())
            .apiKey(StoriesServer.KEY)
            .modelName("stories260K")
            .temperature(0.0)
            .maxTokens(TOKENS)
            .build();
    CompletableFuture<ChatResponse> done = new CompletableFuture<>();
    StringBuilder parts = new StringBuilder();
    streaming.chat(
        "A story?",
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {
            parts.append(part);
          }

          @Override
          public void onCompleteResponse(ChatResponse whole) {
            done.complete(whole);
          }

          @Override
          public void onError(Throwable error) {
            done.completeExceptionally(error);
          }
        });
    ChatResponse found = done.join();
    Generation expected = model.chat(List.of(Turn.user("A story?")), greedy(), text -> {});
    assertEquals(expected.text(), parts.toString());
    assertEquals(expected.text(), found.aiMessage().text());
    assertEquals(TOKENS, found.tokenUsage().outputTokenCount());
    assertEquals(FinishReason.LENGTH, found.finishReason());
  }

  @Test
  void completes() {
    OpenAiLanguageModel language =
        OpenAiLanguageModel.builder()
            .baseUrl(server.url())
            .apiKey(StoriesServer.KEY)
            .modelName("stories260K")
            .temperature(0.0)
            .build();
    // The protocol's default is 16 tokens; this client cannot say another number.
    Generation expected =
        model.generate("Once upon a time", Sampling.GREEDY.withMaxTokens(16), text -> {});
    assertEquals(expected.text(), language.generate("Once upon a time").content());
  }

  @Test
  void itsExceptionsHaveTheirTypes() {
    OpenAiChatModel wrongKey = chat().apiKey("no").build();
    assertThrows(AuthenticationException.class, () -> wrongKey.chat("a"));
    OpenAiChatModel unknown = chat().modelName("gpt-4").build();
    assertThrows(ModelNotFoundException.class, () -> unknown.chat("a"));
    OpenAiChatModel tooLong = chat().maxTokens(600).build();
    assertThrows(InvalidRequestException.class, () -> tooLong.chat("a"));
  }
}
