package rankine.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.RankineException;
import rankine.engine.serving.ServingStatistics;
import rankine.testdata.TestData;

/** Routes, errors, keys, limits, chats, the tokenizer and metrics of the server. */
@Execution(ExecutionMode.CONCURRENT) // captures no output
class ApiServerTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  @TempDir static Path temp;
  private static ServedStories stories;

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.model("stories260K"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.copy(TestData.chat("mistral.jinja"), folder.resolve("chat_template.jinja"));
    stories = new ServedStories(folder, 2, 8, MINUTE);
  }

  @AfterAll
  static void stop() {
    stories.close();
  }

  private static void assertError(
      HttpResponse<String> answer, int status, String param, String... parts) throws IOException {
    assertEquals(status, answer.statusCode(), answer.body());
    JsonNode error = ServedStories.json(answer.body()).get("error");
    assertEquals(param, error.get("param").textValue(), answer.body());
    String message = error.get("message").textValue();
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message + " lacks " + part);
    }
    assertTrue(error.get("type").isTextual(), answer.body());
    assertTrue(error.has("code"), answer.body());
  }

  @Test
  void healthAndModels() throws Exception {
    assertEquals("ok", ServedStories.json(stories.get("/health").body()).get("status").textValue());
    JsonNode models = ServedStories.json(stories.get("/v1/models").body());
    assertEquals("list", models.get("object").textValue());
    assertEquals(1, models.get("data").size());
    assertEquals("stories", models.get("data").get(0).get("id").textValue());
    assertEquals(512, models.get("data").get(0).get("max_model_len").intValue());
    assertEquals(
        models.get("data").get(0), ServedStories.json(stories.get("/v1/models/stories").body()));
    HttpResponse<String> unknown = stories.get("/v1/models/gpt");
    assertError(unknown, 404, "model", "stories", "gpt");
    assertEquals(
        "model_not_found", ServedStories.json(unknown.body()).get("error").get("code").textValue());
  }

  @Test
  void unknownPathsAndMethods() throws Exception {
    assertError(stories.get("/v1/embeddings"), 404, null, "/v1/embeddings");
    HttpResponse<String> wrong = stories.get("/v1/completions");
    assertError(wrong, 405, null, "POST", "GET");
    assertEquals("POST", wrong.headers().firstValue("Allow").orElseThrow());
    assertError(stories.post("/health", "{}"), 405, null, "GET");
  }

  /** RFC 9110, section 9.3.2: the headers of GET, without the body. */
  @Test
  void headIsGetWithoutABody() throws Exception {
    for (String path : List.of("/health", "/v1/models", "/tokenizer_info", "/v1/embeddings")) {
      HttpResponse<String> whole = stories.get(path);
      HttpResponse<String> head =
          stories.send(
              stories.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
      assertEquals(whole.statusCode(), head.statusCode(), path);
      assertEquals("", head.body());
      for (String header : List.of("Content-Type", "Content-Length")) {
        assertEquals(whole.headers().firstValue(header), head.headers().firstValue(header), path);
      }
    }
    HttpRequest completion =
        stories
            .request("/v1/completions")
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    assertEquals(405, stories.send(completion).statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "/v1/completions | '{\"prompt\":\"a\"'                       | -          | valid JSON",
        "/v1/completions | '[]'                                      | -          | a JSON object",
        "/v1/completions | '{\"prompt\":\"a\",\"prompt\":\"b\"}'     | -          | each key once",
        "/v1/completions | '{}'                                      | prompt     | a text",
        "/v1/completions | '{\"prompt\":[]}'                         | prompt     | not empty",
        "/v1/completions | '{\"prompt\":[[]]}'                       | prompt     | not empty",
        "/v1/completions | '{\"prompt\":[1,\"a\"]}'                  | prompt     | token ids",
        "/v1/completions | '{\"prompt\":[\"a\",1]}'                  | prompt     | prompt[1]",
        "/v1/completions | '{\"prompt\":[512]}'                      | prompt     | 0 to 511",
        "/v1/completions | '{\"prompt\":[-1]}'                       | prompt     | token ids",
        "/v1/completions | '{\"prompt\":\"a\",\"max_tokens\":-1}'    | max_tokens | 0 to",
        "/v1/completions | '{\"prompt\":\"a\",\"max_tokens\":511}'   | prompt     | at most 512",
        "/v1/completions | '{\"prompt\":\"a\",\"temperature\":-0.1}' | temperature | 0.0 or more",
        "/v1/completions | '{\"prompt\":\"a\",\"top_p\":0}'          | top_p      | above 0",
        "/v1/completions | '{\"prompt\":\"a\",\"top_p\":\"1\"}'      | top_p      | above 0",
        "/v1/completions | '{\"prompt\":\"a\",\"repetition_penalty\":1e-50}' | repetition_penalty | above 0, in float32",
        "/v1/completions | '{\"prompt\":\"a\",\"n\":2}'              | n          | expected 1",
        "/v1/completions | '{\"prompt\":\"a\",\"best_of\":2}'        | best_of    | expected 1",
        "/v1/completions | '{\"prompt\":\"a\",\"suffix\":\"b\"}'     | suffix     | null",
        "/v1/completions | '{\"prompt\":\"a\",\"presence_penalty\":1}' | presence_penalty | 0",
        "/v1/completions | '{\"prompt\":\"a\",\"logit_bias\":{\"1\":1}}' | logit_bias | {}",
        "/v1/completions | '{\"prompt\":\"a\",\"logprobs\":21}'      | logprobs   | 0 to 20",
        "/v1/completions | '{\"prompt\":\"a\",\"stop\":\"\"}'        | stop       | not empty",
        "/v1/completions | '{\"prompt\":\"a\",\"stop\":[1]}'         | stop       | stop[0]",
        "/v1/completions | '{\"prompt\":\"a\",\"seed\":0.5}'         | seed       | 64 bits",
        "/v1/completions | '{\"prompt\":\"a\",\"top_a\":1}'          | top_a      | unknown",
        "/v1/completions | '{\"prompt\":\"a\",\"\\u0007a\":1}' | '\\u0007a' | unknown",
        "/v1/completions | '{\"prompt\":\"a\",\"stream_options\":{}}' | stream_options | stream",
        "/v1/completions | '{\"prompt\":\"a\",\"stream\":true,\"stream_options\":{\"include_obfuscation\":true}}' | stream_options.include_obfuscation | false",
        "/v1/chat/completions | '{\"messages\":[]}'                  | messages   | not empty",
        "/v1/chat/completions | '{}'                                 | messages   | an array",
        "/v1/chat/completions | '{\"messages\":[{\"role\":\"tool\",\"content\":\"a\"}]}' | messages[0].role | system",
        "/v1/chat/completions | '{\"messages\":[{\"role\":\"user\"}]}' | messages[0].content | string",
        "/v1/chat/completions | '{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}' | messages[0].content[0].type | text",
        "/v1/chat/completions | '{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{}]}' | tools | []",
        "/v1/chat/completions | '{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"top_logprobs\":1}' | top_logprobs | logprobs true",
        "/tokenize       | '{}'                                      | prompt     | messages, found none",
        "/tokenize       | '{\"prompt\":\"a\",\"content\":\"b\"}'    | prompt     | one of prompt",
        "/detokenize     | '{\"tokens\":[512]}'                      | tokens     | 0 to 511"
      })
  void aFaultNamesItsField(String path, String body, String param, String part) throws Exception {
    assertError(stories.post(path, body), 400, param, part);
  }

  @Test
  void anotherModelIsNotFound() throws Exception {
    assertError(
        stories.post("/v1/completions", "{\"model\":\"gpt-4o\",\"prompt\":\"a\"}"),
        404,
        "model",
        "stories",
        "gpt-4o");
  }

  @Test
  void chatsAreRenderedAsGenerateDoes() throws Exception {
    String messages =
        "\"messages\":[{\"role\":\"developer\",\"content\":\"Be kind.\"},"
            + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"A story?\"}]}]";
    String rendered = "<s>[INST] Be kind.\\n\\nA story?[/INST]";
    JsonNode ids =
        stories.posted("/tokenize", "{\"content\":\"%s\"}".formatted(rendered)).get("tokens");
    assertEquals(ids, stories.posted("/tokenize", "{" + messages + "}").get("tokens"));
    JsonNode expected =
        stories
            .posted(
                "/v1/completions",
                "{\"prompt\":%s,\"max_tokens\":12,\"temperature\":0,\"logprobs\":2}".formatted(ids))
            .get("choices")
            .get(0);
    String body =
        "{"
            + messages
            + ",\"max_completion_tokens\":12,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2%s}";
    JsonNode answer = stories.posted("/v1/chat/completions", body.formatted(""));
    assertEquals("chat.completion", answer.get("object").textValue());
    JsonNode choice = answer.get("choices").get(0);
    assertEquals("assistant", choice.get("message").get("role").textValue());
    assertEquals(expected.get("text"), choice.get("message").get("content"));
    assertEquals(expected.get("finish_reason"), choice.get("finish_reason"));
    assertEquals(ids.size(), answer.get("usage").get("prompt_tokens").intValue());
    for (int i = 0; i < 12; i++) {
      JsonNode token = choice.get("logprobs").get("content").get(i);
      assertEquals(expected.get("logprobs").get("tokens").get(i), token.get("token"));
      assertEquals(expected.get("logprobs").get("token_logprobs").get(i), token.get("logprob"));
      assertEquals(2, token.get("top_logprobs").size());
    }
    StringBuilder text = new StringBuilder();
    List<JsonNode> events =
        stories.streamed("/v1/chat/completions", body.formatted(",\"stream\":true"));
    assertEquals(
        "assistant", events.getFirst().get("choices").get(0).get("delta").get("role").textValue());
    for (JsonNode event : events) {
      text.append(event.get("choices").get(0).get("delta").path("content").asText());
    }
    assertEquals(expected.get("text").textValue(), text.toString());
    assertEquals("length", events.getLast().get("choices").get(0).get("finish_reason").textValue());
  }

  @Test
  void textsBecomeIdsAndIdsTexts() throws Exception {
    for (String line :
        Files.readAllLines(TestData.model("stories260K").resolve("golden.jsonl")).subList(0, 40)) {
      JsonNode golden = ServedStories.json(line);
      JsonNode found =
          stories.posted(
              "/tokenize",
              "{\"prompt\":%s,\"add_special_tokens\":false}".formatted(golden.get("text")));
      assertEquals(golden.get("ids"), found.get("tokens"));
      assertEquals(golden.get("ids").size(), found.get("count").intValue());
      JsonNode back = stories.posted("/detokenize", "{\"tokens\":%s}".formatted(golden.get("ids")));
      assertEquals(golden.get("text"), back.get("prompt"));
      assertEquals(golden.get("text"), back.get("content"));
    }
    JsonNode marked = stories.posted("/tokenize", "{\"prompt\":\"a\"}").get("tokens");
    assertEquals(1, marked.get(0).intValue());
    JsonNode info = ServedStories.json(stories.get("/tokenizer_info").body());
    assertEquals("<s>", info.get("bos_token").textValue());
    assertEquals("</s>", info.get("eos_token").textValue());
    assertEquals(
        Files.readString(TestData.chat("mistral.jinja")), info.get("chat_template").textValue());
  }

  /** Against the golden ids of an independent forward pass. */
  @Test
  void aCheckpointWithoutATokenizerTakesIds() throws Exception {
    Path model = TestData.model("gpt2-f32");
    try (ServedStories ids = new ServedStories(model, 2, 8, MINUTE)) {
      JsonNode golden = ServedStories.json(Files.readString(model.resolve("golden.json")));
      for (JsonNode one : golden.get("cases")) {
        JsonNode choice =
            ids.posted(
                    "/v1/completions",
                    "{\"prompt\":%s,\"max_tokens\":%d,\"temperature\":0,\"logprobs\":1,\"return_token_ids\":true}"
                        .formatted(one.get("ids"), one.get("greedy").size()))
                .get("choices")
                .get(0);
        assertEquals(one.get("greedy"), choice.get("token_ids"));
        assertEquals("", choice.get("text").textValue());
        assertEquals(
            "token_id:" + one.get("greedy").get(0).intValue(),
            choice.get("logprobs").get("tokens").get(0).textValue());
      }
      String stop = "{\"prompt\":[1],\"stop\":\"a\"}";
      assertError(ids.post("/v1/completions", stop), 400, "stop", "without a tokenizer");
      assertError(ids.post("/v1/completions", "{\"prompt\":\"a\"}"), 400, "prompt", "gpt2-f32");
      assertError(ids.post("/tokenize", "{\"prompt\":\"a\"}"), 400, "prompt", "gpt2-f32");
      assertError(ids.get("/tokenizer_info"), 400, null, "gpt2-f32");
    }
  }

  /**
   * 376 is the fifth token after "Once upon a time": " little". Without its entry it has no text.
   */
  @Test
  void anIdWithoutAPieceHasNoText() throws Exception {
    Path folder = Files.createDirectories(temp.resolve("hole"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(TestData.model("stories260K").resolve(name), folder.resolve(name));
    }
    Path tokenizer = TestData.model("stories260K").resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) ServedStories.json(Files.readString(tokenizer));
    ObjectNode bpe = (ObjectNode) json.get("model");
    // Nor is there a piece for "a", so that not every text can be encoded.
    ((ObjectNode) bpe.get("vocab")).remove(List.of("\u2581little", "a"));
    bpe.put("byte_fallback", false).putNull("unk_token");
    bpe.putArray("merges"); // they are not needed to decode
    Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    String body =
        "{\"prompt\":[1,403,407,261,378],\"max_tokens\":6,\"temperature\":0,\"logprobs\":1}";
    JsonNode whole = stories.posted("/v1/completions", body).get("choices").get(0);
    try (ServedStories holed = new ServedStories(folder, 2, 8, MINUTE)) {
      JsonNode found = holed.posted("/v1/completions", body).get("choices").get(0);
      assertEquals(
          whole.get("text").textValue().replace(" little", ""), found.get("text").textValue());
      assertEquals("token_id:376", found.get("logprobs").get("tokens").get(4).textValue());
      JsonNode echo =
          holed
              .posted("/v1/completions", "{\"prompt\":[403,376],\"max_tokens\":0,\"echo\":true}")
              .get("choices")
              .get(0);
      assertEquals("Once", echo.get("text").textValue());
      assertEquals(
          "Once upon",
          holed.posted("/detokenize", "{\"tokens\":[403,376,407]}").get("prompt").textValue());
      assertError(holed.post("/tokenize", "{\"prompt\":\"a\"}"), 400, "prompt", "U+0061");
      assertEquals(200, holed.get("/health").statusCode());
    }
    assertTrue(whole.get("text").textValue().contains(" little"), whole.toString());
  }

  /** The lines of Prometheus' text format, version 0.0.4. */
  @Test
  void metricsCount() throws Exception {
    stories.posted("/v1/completions", "{\"prompt\":[1,2,3],\"max_tokens\":4,\"temperature\":0}");
    HttpResponse<String> answer = stories.get("/metrics");
    assertTrue(
        answer
            .headers()
            .firstValue("Content-Type")
            .orElseThrow()
            .startsWith("text/plain; version=0.0.4"));
    Pattern line =
        Pattern.compile(
            "# HELP [a-z_]+ .+|# TYPE [a-z_]+ (counter|gauge|summary)"
                + "|[a-z_]+(\\{status=\"\\d+\"})? \\d+(\\.\\d+)?(E-?\\d+)?");
    answer.body().lines().forEach(text -> assertTrue(line.matcher(text).matches(), text));
    assertTrue(answer.body().endsWith("\n"));
    assertTrue(value(answer.body(), "rankine_prompt_tokens_total") >= 3);
    assertTrue(value(answer.body(), "rankine_generated_tokens_total") >= 4);
    assertTrue(value(answer.body(), "rankine_http_requests_total{status=\"200\"}") >= 1);
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    byte[] body = new byte[BodyBudget.MAX_BODY + 1];
    Arrays.fill(body, (byte) ' ');
    String length = "Content-Length: %d\r\n\r\n".formatted(body.length);
    String chunk = "Transfer-Encoding: chunked\r\n\r\n%x\r\n".formatted(body.length);
    for (String headers : List.of(length, chunk)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stories.port())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            ("POST /tokenize HTTP/1.1\r\nHost: a\r\n" + headers)
                .getBytes(StandardCharsets.US_ASCII));
        if (headers.equals(chunk)) {
          out.write(body); // all of it, before the answer is read
          out.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
          out.write(body);
        }
        String status = line(socket);
        assertTrue(status.contains(" 413 "), status);
      }
    }
  }

  /** Without one of these threads a server that lives answers nothing. */
  @Test
  void theServersOwnThreadsAreWatched() {
    for (String name : List.of("HTTP-Dispatcher", "idle-timeout-task")) {
      List<Thread> found =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals(name))
              .toList();
      assertFalse(found.isEmpty(), name);
      for (Thread thread : found) {
        assertInstanceOf(HttpThreads.class, thread.getThreadGroup(), name);
      }
    }
    List<RankineException> deaths = new CopyOnWriteArrayList<>();
    new HttpThreads(deaths::add)
        .run(
            () -> {
              throw new OutOfMemoryError();
            });
    assertEquals(1, deaths.size());
    assertTrue(deaths.getFirst().getMessage().contains("RANKINE_HEAP"), deaths.toString());
  }

  /** A special token in a prompt, and a prompt of BOS alone, have another text than a decoder's. */
  @ParameterizedTest
  @ValueSource(strings = {"Once</s>upon a", ""})
  void aContinuationBeginsWhereTheEchoedPromptEnds(String prompt) throws Exception {
    JsonNode choice =
        stories
            .posted(
                "/v1/completions",
                "{\"prompt\":\"%s\",\"max_tokens\":4,\"temperature\":0,\"echo\":true,\"logprobs\":0}"
                    .formatted(prompt))
            .get("choices")
            .get(0);
    JsonNode tokens = choice.get("logprobs").get("tokens");
    JsonNode offsets = choice.get("logprobs").get("text_offset");
    int offset = prompt.length();
    for (int i = tokens.size() - 4; i < tokens.size(); i++) {
      assertEquals(offset, offsets.get(i).intValue(), choice.toString());
      offset += tokens.get(i).textValue().length();
    }
    assertEquals(offset, choice.get("text").textValue().length());
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c > 0 && c != '\n'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString();
  }

  @Test
  void keysAreRequired() throws Exception {
    try (ServedStories locked =
        new ServedStories(TestData.model("stories260K"), 1, 1, MINUTE, "first", "second")) {
      assertEquals(200, locked.get("/health").statusCode());
      for (String path : List.of("/v1/models", "/metrics", "/v1/completions", "/tokenizer_info")) {
        assertError(locked.get(path), 401, null, "Authorization: Bearer KEY");
      }
      for (String header : List.of("Bearer third", "Bearer ", "Basic first", "first")) {
        HttpRequest request =
            locked.request("/v1/models").header("Authorization", header).GET().build();
        assertEquals(401, locked.send(request).statusCode(), header);
      }
      for (String key : List.of("first", "second")) {
        HttpRequest request =
            locked.request("/v1/models").header("Authorization", "Bearer " + key).GET().build();
        assertEquals(200, locked.send(request).statusCode());
      }
    }
  }

  private static final String LONG =
      "{\"prompt\":[1],\"max_tokens\":500,\"temperature\":1,\"min_p\":0.0,\"seed\":1%s}";

  /** A client that has gone frees its place, whether its answer is a stream or not. */
  @Test
  void aClientThatHasGoneIsNoticed() throws Exception {
    try (ServedStories one = new ServedStories(TestData.model("stories260K"), 1, 400, MINUTE)) {
      for (String stream : List.of(",\"stream\":true", "")) {
        // Each as long as the context: to the end of all is a long way.
        byte[] body =
            LONG.formatted(stream)
                .replace("[1],", "[" + "[1],".repeat(199) + "[1]],")
                .getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.port())) {
          OutputStream out = socket.getOutputStream();
          out.write(
              "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
                  .formatted(body.length)
                  .getBytes(StandardCharsets.US_ASCII));
          out.write(body);
          out.flush();
          while (one.scheduler().statistics().running() == 0) {
            Thread.onSpinWait();
          }
        }
        JsonNode next =
            one.posted("/v1/completions", "{\"prompt\":[1],\"max_tokens\":1,\"temperature\":0}");
        assertEquals(1, next.get("choices").size());
        ServingStatistics statistics = one.scheduler().statistics();
        assertTrue(statistics.generatedTokens() < 90_000, statistics.toString());
      }
    }
  }

  @Test
  void aFullQueueIs429AndALongAnswer504() throws Exception {
    try (ServedStories busy =
        new ServedStories(TestData.model("stories260K"), 1, 1, Duration.ofSeconds(2))) {
      String many = LONG.formatted("").replace("[1],", "[" + "[1],".repeat(299) + "[1]],");
      CompletableFuture<HttpResponse<String>> first =
          CompletableFuture.supplyAsync(() -> quietly(busy, many));
      while (busy.scheduler().statistics().running() == 0) {
        Thread.onSpinWait();
      }
      assertError(
          busy.post("/v1/completions", "{\"prompt\":[1]}"), 429, null, "queue: expected at most 1");
      assertError(
          busy.post("/v1/completions", "{\"prompt\":[1],\"stream\":true}"), 429, null, "queue");
      HttpResponse<String> late = first.get(1, TimeUnit.MINUTES);
      // The answer had begun, to learn whether the client is there.
      assertEquals(200, late.statusCode());
      JsonNode error = ServedStories.json(late.body()).get("error");
      assertEquals("timeout", error.get("code").textValue());
      assertEquals(
          1, value(busy.get("/metrics").body(), "rankine_http_requests_total{status=\"504\"}"));
      List<String> events =
          quietly(busy, many.replaceFirst("\\{", "{\"stream\":true,"))
              .body()
              .lines()
              .filter(line -> line.startsWith("data: "))
              .toList();
      assertEquals("data: [DONE]", events.getLast());
      assertTrue(events.get(events.size() - 2).contains("\"timeout\""), events.toString());
      busy.posted("/v1/completions", "{\"prompt\":[1],\"max_tokens\":1}");
    }
  }

  private static HttpResponse<String> quietly(ServedStories server, String body) {
    try {
      return server.post("/v1/completions", body);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void drainingFinishesWhatRuns() throws Exception {
    try (ServedStories ending = new ServedStories(TestData.model("stories260K"), 1, 4, MINUTE)) {
      CompletableFuture<HttpResponse<String>> running =
          CompletableFuture.supplyAsync(() -> quietly(ending, LONG.formatted("")));
      while (ending.scheduler().statistics().running() == 0) {
        Thread.onSpinWait();
      }
      ending.server().drain(MINUTE);
      HttpResponse<String> done = running.get(1, TimeUnit.SECONDS);
      assertEquals(200, done.statusCode());
      assertEquals(1, ServedStories.json(done.body()).get("choices").size());
      assertError(ending.post("/v1/completions", "{\"prompt\":[1]}"), 503, null, "ends");
      assertEquals(503, ending.get("/health").statusCode());
    }
  }
}
