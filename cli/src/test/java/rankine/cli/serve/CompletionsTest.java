package rankine.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.GeneratedText;
import rankine.engine.run.GenerationConfig;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** {@code /v1/completions}, against the golden file of PyTorch and the engine's own generation. */
@Execution(ExecutionMode.CONCURRENT) // captures no output
class CompletionsTest {
  private static final String PATH = "/v1/completions";
  private static ServedStories stories;
  private static JsonNode golden;

  @BeforeAll
  static void start() throws IOException {
    stories = new ServedStories(TestData.model("stories260K"), 8, 64, Duration.ofMinutes(1));
    golden =
        ServedStories.json(
                Files.readString(TestData.model("stories260K").resolve("golden_logits.json")))
            .get("prompts");
  }

  @AfterAll
  static void stop() {
    stories.close();
  }

  private static JsonNode choice(String body) throws IOException, InterruptedException {
    JsonNode choices = stories.posted(PATH, body).get("choices");
    assertEquals(1, choices.size());
    return choices.get(0);
  }

  @Test
  void greedyTextIsThatOfTheGoldenFile() throws Exception {
    for (JsonNode prompt : golden) {
      String body = "{\"prompt\":%s,\"max_tokens\":64,\"temperature\":0}";
      JsonNode answer = stories.posted(PATH, body.formatted(prompt.get("text")));
      assertEquals("text_completion", answer.get("object").textValue());
      assertEquals("stories", answer.get("model").textValue());
      JsonNode choice = answer.get("choices").get(0);
      assertEquals(
          prompt.get("greedy_text").textValue(),
          prompt.get("text").textValue() + choice.get("text").textValue());
      assertEquals("length", choice.get("finish_reason").textValue());
      assertTrue(choice.get("logprobs").isNull());
      int ids = prompt.get("input_ids").size();
      JsonNode usage = answer.get("usage");
      assertEquals(ids, usage.get("prompt_tokens").intValue());
      assertEquals(64, usage.get("completion_tokens").intValue());
      assertEquals(ids + 64, usage.get("total_tokens").intValue());
      // The same from ids.
      assertEquals(choice, choice(body.formatted(prompt.get("input_ids"))));
    }
  }

  @Test
  void echoScoresThePrompt() throws Exception {
    for (JsonNode prompt : golden) {
      JsonNode answer =
          choice(
              "{\"prompt\":%s,\"max_tokens\":0,\"logprobs\":2,\"echo\":true}"
                  .formatted(prompt.get("text")));
      assertEquals(prompt.get("text"), answer.get("text"));
      JsonNode nll = prompt.get("token_nll_float64");
      JsonNode scores = answer.get("logprobs");
      assertEquals(nll.size() + 1, scores.get("token_logprobs").size());
      assertTrue(scores.get("token_logprobs").get(0).isNull());
      assertTrue(scores.get("top_logprobs").get(0).isNull());
      StringBuilder text = new StringBuilder();
      for (int i = 1; i <= nll.size(); i++) {
        double own = scores.get("token_logprobs").get(i).doubleValue();
        assertEquals(-nll.get(i - 1).doubleValue(), own, 1e-4);
        JsonNode row = prompt.get("logits").get(i - 1);
        assertEquals(best(row), largest(scores.get("top_logprobs").get(i)), 1e-4);
        String token = scores.get("tokens").get(i).textValue();
        assertEquals(own, scores.get("top_logprobs").get(i).get(token).doubleValue());
        // The text of the first token begins with a space, which the prompt has not.
        assertEquals(Math.max(0, text.length() - 1), scores.get("text_offset").get(i).intValue());
        text.append(token);
      }
      assertEquals(" " + prompt.get("text").textValue(), text.toString());
    }
  }

  /** Returns the largest log-probability of a row of logits. */
  private static double best(JsonNode logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (JsonNode logit : logits) {
      max = Math.max(max, logit.doubleValue());
    }
    double sum = 0;
    for (JsonNode logit : logits) {
      sum += Math.exp(logit.doubleValue() - max);
    }
    return -Math.log(sum);
  }

  private static double largest(JsonNode alternatives) {
    double max = Double.NEGATIVE_INFINITY;
    for (JsonNode value : alternatives) {
      max = Math.max(max, value.doubleValue());
    }
    return max;
  }

  /**
   * What lm-evaluation-harness' local-completions sends for log-likelihoods, and how it reads the
   * answer: {@code token_logprobs[ctxlen:-1]}, and greedy where each equals the largest of its
   * {@code top_logprobs}.
   */
  @Test
  void anEvaluationHarnessReadsLogLikelihoods() throws Exception {
    List<String> prompts = new ArrayList<>();
    for (JsonNode prompt : golden) {
      prompts.add(prompt.get("input_ids").toString());
    }
    JsonNode answer =
        stories.posted(
            PATH,
            ("{\"model\":\"stories\",\"prompt\":%s,\"temperature\":0,\"max_tokens\":1,"
                    + "\"logprobs\":1,\"seed\":1234,\"echo\":true}")
                .formatted(prompts));
    assertEquals(golden.size(), answer.get("choices").size());
    for (JsonNode choice : answer.get("choices")) {
      JsonNode prompt = golden.get(choice.get("index").intValue());
      JsonNode own = choice.get("logprobs").get("token_logprobs");
      JsonNode top = choice.get("logprobs").get("top_logprobs");
      int context = 2;
      double sum = 0;
      boolean greedy = true;
      double expected = 0;
      boolean expectedGreedy = true;
      for (int i = context; i < own.size() - 1; i++) {
        sum += own.get(i).doubleValue();
        greedy &= own.get(i).doubleValue() == largest(top.get(i));
        double nll = prompt.get("token_nll_float64").get(i - 1).doubleValue();
        expected -= nll;
        expectedGreedy &= Math.abs(nll + best(prompt.get("logits").get(i - 1))) < 1e-4;
      }
      assertEquals(prompt.get("input_ids").size() + 1, own.size());
      assertEquals(expected, sum, 1e-3);
      assertEquals(expectedGreedy, greedy);
    }
  }

  @Test
  void samplingAndStopsAreThoseOfGenerate() throws Exception {
    GenerationConfig config =
        new GenerationConfig(80, 0.9, 40, 0.95, 0.02, 1.05, List.of(" the", "Mom"), 11);
    int[] ids = {1, 403, 407, 261, 378};
    String expected = GeneratedTextOf.text(ids, config);
    JsonNode found =
        choice(
            "{\"prompt\":[1,403,407,261,378],\"max_tokens\":80,\"temperature\":0.9,\"top_k\":40,"
                + "\"top_p\":0.95,\"min_p\":0.02,\"repetition_penalty\":1.05,"
                + "\"stop\":[\" the\",\"Mom\"],\"seed\":11,\"user\":\"somebody\"}");
    assertEquals(expected, found.get("text").textValue());
    assertEquals("stop", found.get("finish_reason").textValue());
  }

  @Test
  void aStreamHasTheSameTextAndScores() throws Exception {
    String body =
        "{\"prompt\":[\"Lily \",\"The dog\"],\"max_tokens\":30,\"temperature\":0.7,\"seed\":3,"
            + "\"logprobs\":1,\"echo\":true,\"stop\":\".\"%s}";
    JsonNode whole = stories.posted(PATH, body.formatted(""));
    List<JsonNode> events =
        stories.streamed(
            PATH,
            body.formatted(
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true,\"include_obfuscation\":false}"));
    for (int i = 0; i < 2; i++) {
      StringBuilder text = new StringBuilder();
      List<JsonNode> scores = new ArrayList<>();
      List<JsonNode> offsets = new ArrayList<>();
      String finish = null;
      for (JsonNode event : events.subList(0, events.size() - 1)) {
        JsonNode choice = event.get("choices").get(0);
        if (choice.get("index").intValue() == i) {
          text.append(choice.get("text").textValue());
          choice.get("logprobs").get("token_logprobs").forEach(scores::add);
          choice.get("logprobs").get("text_offset").forEach(offsets::add);
          finish = choice.get("finish_reason").textValue();
        }
      }
      JsonNode expected = whole.get("choices").get(i);
      assertEquals(expected.get("text").textValue(), text.toString());
      assertEquals(expected.get("finish_reason").textValue(), finish);
      JsonNode log = expected.get("logprobs");
      assertEquals(log.get("token_logprobs").toString(), scores.toString().replace(", ", ","));
      assertEquals(log.get("text_offset").toString(), offsets.toString().replace(", ", ","));
    }
    JsonNode usage = events.getLast().get("usage");
    assertTrue(events.getLast().get("choices").isEmpty());
    assertEquals(
        whole.get("usage").get("total_tokens").intValue(), usage.get("total_tokens").intValue());
  }

  /** The text of an answer, its scores and its end, from many clients at a time and from one. */
  @Test
  void clientsDoNotDisturbOneAnother() throws Exception {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      bodies.add(
          ("{\"prompt\":\"Once upon a time, there was a %s\",\"max_tokens\":%d,"
                  + "\"temperature\":%s,\"seed\":%d,\"logprobs\":3,\"echo\":%b}")
              .formatted("very ".repeat(i % 5), 5 + i, i % 2 == 0 ? "0" : "0.8", i, i % 3 == 0));
    }
    List<JsonNode> alone = new ArrayList<>();
    for (String body : bodies) {
      alone.add(choice(body));
    }
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<JsonNode>> calls = new ArrayList<>();
      bodies.forEach(body -> calls.add(() -> choice(body)));
      List<Future<JsonNode>> answers = clients.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(alone.get(i), answers.get(i).get(), bodies.get(i));
      }
    }
  }

  @Test
  void aPromptThatBeginsAsAnotherComputesTheRest() throws Exception {
    String prompt = "The cat and the dog went to the park with a red ball. ".repeat(3);
    String body = "{\"prompt\":\"%s%s\",\"max_tokens\":2,\"temperature\":0}";
    stories.posted(PATH, body.formatted(prompt, "They ran."));
    JsonNode usage = stories.posted(PATH, body.formatted(prompt, "It was fun.")).get("usage");
    int cached = usage.get("prompt_tokens_details").get("cached_tokens").intValue();
    assertTrue(cached > 40 && cached < usage.get("prompt_tokens").intValue(), usage.toString());
  }

  @Test
  void tokenIdsAreThoseOfTheText() throws Exception {
    JsonNode prompt = golden.get(0);
    JsonNode found =
        choice(
            "{\"prompt\":%s,\"max_tokens\":8,\"temperature\":0,\"return_token_ids\":true}"
                .formatted(prompt.get("text")));
    for (int i = 0; i < 8; i++) {
      assertEquals(prompt.get("greedy_new_ids").get(i), found.get("token_ids").get(i));
    }
    assertFalse(choice("{\"prompt\":\"a\",\"max_tokens\":1}").has("token_ids"));
  }

  /** The engine's own generation, on a model of its own: the server's belongs to its scheduler. */
  private static final class GeneratedTextOf {
    private GeneratedTextOf() {}

    static String text(int[] ids, GenerationConfig config) {
      try (LoadedModel loaded =
          LoadedModel.open(TestData.model("stories260K"), new BackendOptions("scalar", 0, 1))) {
        return GeneratedText.run(loaded, ids, config, chunk -> {}).text();
      }
    }
  }
}
