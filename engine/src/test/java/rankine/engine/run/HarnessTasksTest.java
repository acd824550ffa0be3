package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Prediction;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.kernels.KvCache;
import rankine.testdata.TestData;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/**
 * The tasks of lm-evaluation-harness at zero shots, against its definitions written out here: the
 * texts of a row, the split of context and continuation, the log-likelihood of one continuation at
 * a time from all logits, and acc and acc_norm.
 */
class HarnessTasksTest {
  /**
   * What the harness asks about a row.
   *
   * @param contexts one per choice
   * @param continuations one per choice, with the space that the harness puts before each
   * @param choices the texts whose lengths divide the log-likelihoods in acc_norm
   */
  private record Requests(
      List<String> contexts, List<String> continuations, List<String> choices, int gold) {
    static Requests of(String context, List<String> choices, int gold) {
      return new Requests(
          choices.stream().map(_ -> context).toList(),
          choices.stream().map(choice -> " " + choice).toList(),
          choices,
          gold);
    }
  }

  /** The tasks, by their data file, and what they ask. */
  enum HarnessTask {
    HELLASWAG("hellaswag/hellaswag_val.jsonl", true, HarnessTasksTest::hellaswag),
    ARC("arc/test.jsonl", true, HarnessTasksTest::arc),
    PIQA(
        "piqa/validation.jsonl",
        true,
        row ->
            Requests.of(
                "Question: " + text(row, "goal") + "\nAnswer:",
                List.of(text(row, "sol1"), text(row, "sol2")),
                row.get("label").intValue())),
    WINOGRANDE("winogrande/dev.jsonl", false, HarnessTasksTest::winogrande),
    BOOLQ(
        "boolq/val.jsonl",
        false,
        row ->
            Requests.of(
                text(row, "passage") + "\nQuestion: " + text(row, "question") + "?\nAnswer:",
                List.of("no", "yes"),
                row.get("label").booleanValue() ? 1 : 0)),
    MMLU("mmlu/test.jsonl", false, HarnessTasksTest::mmlu);

    private final String file;
    private final boolean normalised;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Function<JsonNode, Requests> requests;

    HarnessTask(String file, boolean normalised, Function<JsonNode, Requests> requests) {
      this.file = file;
      this.normalised = normalised;
      this.requests = requests;
    }

    Task task() {
      return Task.load(name().toLowerCase(Locale.ROOT));
    }
  }

  private static String text(JsonNode row, String key) {
    return row.get(key).textValue();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::textValue).toList();
  }

  private static Requests hellaswag(JsonNode row) {
    String b = text(row, "ctx_b");
    String capital =
        b.isEmpty()
            ? b
            : b.substring(0, 1).toUpperCase(Locale.ROOT) + b.substring(1).toLowerCase(Locale.ROOT);
    String context = text(row, "ctx_a") + " " + capital;
    return Requests.of(
        clean(text(row, "activity_label") + ": " + context),
        texts(row.get("endings")).stream().map(HarnessTasksTest::clean).toList(),
        row.get("label").intValue());
  }

  /** Strips, turns " [title]" into ". ", leaves out what is in brackets, halves double spaces. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.strip().replace(" [title]", ". "));
    int open = clean.indexOf("[");
    while (open >= 0) {
      int close = clean.indexOf("]", open);
      clean.delete(open, close + 1);
      open = clean.indexOf("[");
    }
    return clean.toString().replace("  ", " ");
  }

  private static Requests arc(JsonNode row) {
    return Requests.of(
        "Question: " + text(row, "question") + "\nAnswer:",
        texts(row.at("/choices/text")),
        texts(row.at("/choices/label")).indexOf(text(row, "answerKey")));
  }

  private static Requests winogrande(JsonNode row) {
    String sentence = text(row, "sentence");
    int blank = sentence.indexOf('_');
    List<String> contexts =
        List.of(
            sentence.substring(0, blank) + text(row, "option1"),
            sentence.substring(0, blank) + text(row, "option2"));
    String rest = " " + sentence.substring(blank + 1).strip();
    return new Requests(
        contexts, List.of(rest, rest), contexts, Integer.parseInt(text(row, "answer")) - 1);
  }

  private static Requests mmlu(JsonNode row) {
    List<String> choices = texts(row.get("choices"));
    return Requests.of(
        "The following are multiple choice questions (with answers) about lookalike natural"
            + " history.\n\n"
            + text(row, "question").strip()
            + "\nA. %s\nB. %s\nC. %s\nD. %s\nAnswer:".formatted(choices.toArray()),
        List.of("A", "B", "C", "D"),
        row.get("answer").intValue());
  }

  private static List<JsonNode> rows(String file) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(TestData.task(file))) {
      rows.add(mapper.readTree(line));
    }
    return rows;
  }

  private static int[] encode(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text);
    return tokenizer.addsBos()
        ? IntStream.concat(IntStream.of(tokenizer.bosId().getAsInt()), IntStream.of(ids)).toArray()
        : ids;
  }

  /**
   * What the harness knows of a continuation.
   *
   * @param greedy whether each of its ids has the largest logit
   */
  private record NaiveLikelihood(double sum, boolean greedy) {}

  private static NaiveLikelihood likelihood(
      LoadedModel loaded, String context, String continuation) {
    int[] whole = encode(loaded.tokenizer(), context + continuation);
    int start = encode(loaded.tokenizer(), context.stripTrailing()).length;
    double sum = 0;
    boolean greedy = true;
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      int[] input = Arrays.copyOf(whole, start);
      for (int i = start; i < whole.length; i++) {
        float[] logits = session.logits(cache, input);
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
          best = logits[id] > logits[best] ? id : best;
        }
        double total = 0;
        for (float logit : logits) {
          total += Math.exp((double) logit - logits[best]);
        }
        sum += (double) logits[whole[i]] - logits[best] - Math.log(total);
        greedy &= whole[i] == best;
        input = new int[] {whole[i]};
      }
    }
    return new NaiveLikelihood(sum, greedy);
  }

  private static int argmax(double[] values) {
    double max = Arrays.stream(values).max().orElseThrow();
    return IntStream.range(0, values.length)
        .filter(i -> values[i] == max)
        .findFirst()
        .orElseThrow();
  }

  private static LoadedModel open(Path model) {
    return LoadedModel.open(model, new BackendOptions("vector", 0, 2));
  }

  @ParameterizedTest
  @EnumSource
  void accAndAccNormAreTheHarnesss(HarnessTask harness) throws IOException {
    Task task = harness.task();
    try (LoadedModel loaded = open(TestData.model("stories260K"))) {
      EvaluationResult result =
          Evaluator.once(
              loaded,
              new EvaluationRequest(task, TestData.task(task.name()), EvaluationOptions.DEFAULT),
              Optional.empty(),
              ProgressListener.NONE);
      List<Prediction> predictions = result.predictions();
      List<JsonNode> rows = rows(harness.file);
      assertEquals(rows.size(), predictions.size());
      int acc = 0;
      int accNorm = 0;
      for (int i = 0; i < rows.size(); i++) {
        Requests requests = harness.requests.apply(rows.get(i));
        List<Double> found = predictions.get(i).logProbabilities();
        assertEquals(requests.choices.size(), found.size(), "row " + i);
        double[] sums = new double[found.size()];
        double[] perCharacter = new double[found.size()];
        for (int c = 0; c < sums.length; c++) {
          sums[c] = likelihood(loaded, requests.contexts.get(c), requests.continuations.get(c)).sum;
          String choice = requests.choices.get(c);
          perCharacter[c] = sums[c] / choice.codePointCount(0, choice.length());
          assertEquals(sums[c], found.get(c), 1e-7 * Math.abs(sums[c]), i + ", choice " + c);
        }
        assertEquals(requests.gold, predictions.get(i).gold().getAsInt(), "row " + i);
        acc += argmax(sums) == requests.gold ? 1 : 0;
        accNorm += argmax(perCharacter) == requests.gold ? 1 : 0;
      }
      assertEquals(acc, result.counts().correct());
      assertEquals(
          harness.normalised
              ? OptionalDouble.of((double) accNorm / rows.size())
              : OptionalDouble.empty(),
          result.counts().accuracyPerCharacter());
      assertTrue(result.counts().confusion().isPresent());
    }
  }

  /** What is read and what is scored, for tokenizers of both kinds, with BOS and without. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2-like", "llama3-like"})
  void contextAndContinuationAreSplitAsByTheHarness(String name) throws IOException {
    Tokenizer tokenizer = Tokenizers.load(TestData.tokenizer(name));
    for (HarnessTask harness : HarnessTask.values()) {
      Task task = harness.task();
      List<Prompt> prompts =
          TaskPrompts.prepare(
                  task, TestData.task(task.name()), EvaluationOptions.DEFAULT, tokenizer, 10_000)
              .batch()
              .prompts();
      List<JsonNode> rows = rows(harness.file);
      for (int i = 0; i < rows.size(); i++) {
        Requests requests = harness.requests.apply(rows.get(i));
        Prompt prompt = prompts.get(i);
        for (int c = 0; c < requests.choices.size(); c++) {
          String context = requests.contexts.get(c);
          int[] whole = encode(tokenizer, context + requests.continuations.get(c));
          int[] continuation = prompt.continuations().get(c);
          String which = harness + ", row " + i + ", choice " + c;
          assertArrayEquals(
              whole,
              IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(continuation)).toArray(),
              which);
          assertEquals(
              encode(tokenizer, context.stripTrailing()).length,
              prompt.ids().length + prompt.given()[c],
              which);
        }
      }
    }
  }

  @Test
  void lambadaCountsGreedyLastWordsAndTheirPerplexity() throws IOException {
    Task task = Task.load("lambada");
    try (LoadedModel loaded = open(TestData.model("stories260K"))) {
      EvaluationRequest request =
          new EvaluationRequest(task, TestData.task("lambada"), EvaluationOptions.DEFAULT);
      EvaluationResult result =
          Evaluator.once(loaded, request, Optional.empty(), ProgressListener.NONE);
      List<Prediction> predictions = result.predictions();
      List<JsonNode> rows = rows("lambada/lambada_test_en.jsonl");
      int acc = 0;
      double sum = 0;
      for (int i = 0; i < rows.size(); i++) {
        String text = text(rows.get(i), "text");
        int last = text.lastIndexOf(' ');
        NaiveLikelihood word = likelihood(loaded, text.substring(0, last), text.substring(last));
        assertEquals(word.greedy, predictions.get(i).correct(), text);
        double found = predictions.get(i).answer().orElseThrow().logLikelihood().orElseThrow();
        assertEquals(word.sum, found, 1e-6, text);
        acc += word.greedy ? 1 : 0;
        sum += word.sum;
      }
      // The harness: exp(-mean(log-likelihoods)), a word of several tokens counted once.
      double perplexity = Math.exp(-sum / rows.size());
      assertEquals(perplexity, result.counts().perplexity().orElseThrow(), 1e-6 * perplexity);
      assertTrue(acc > 0 && acc < rows.size(), acc + " of " + rows.size());
      assertEquals(acc, result.counts().correct());
      assertEquals(OptionalDouble.empty(), result.counts().f1());
      assertEquals(OptionalDouble.empty(), result.counts().lengthNormalisedAccuracy());
      assertEquals(OptionalDouble.empty(), result.counts().accuracyPerCharacter());
      try (Evaluator evaluator =
          new Evaluator(loaded, List.of(), new ActivationBudget(Evaluator.ACTIVATION_BYTES))) {
        EvaluationResult again = evaluator.evaluate(loaded, request, ProgressListener.NONE);
        assertEquals(result.predictions(), again.predictions());
        assertEquals(result.counts().perplexity(), again.counts().perplexity());
      }
    }
  }
}
