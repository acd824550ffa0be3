package rankine.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.BackendException;
import rankine.common.CheckpointException;
import rankine.common.EditException;
import rankine.common.ModelException;
import rankine.common.RunException;
import rankine.common.TaskException;
import rankine.common.TokenizerException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.edit.PlanFile;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.PromptListing;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Session;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.engine.run.Spectrum;
import rankine.kernels.KvCache;
import rankine.testdata.TestData;

/** The facade gives what the packages below give, bit for bit, and keeps models apart. */
class RankineTest {
  private static final Path DEMO = TestData.demo().resolve("checkpoint");
  private static final Path TOPIC = TestData.demo().resolve("data/topic");
  private static final Path TEXT = TestData.text("demo-test.txt");
  private static final String PROMPT = "text: item became never hilarious\n sentiment :";
  private static final List<String> WORDS = List.of(" moon", " cup", " moon cup moon");

  @Test
  void editsLeaveTheModelUntouched() {
    try (Rankine model = Rankine.load(DEMO)) {
      List<Continuation> before = model.logProbabilities(PROMPT, WORDS);
      try (Rankine pruned = model.with("0:mlp:0.9")) {
        assertEquals(List.of("0:mlp:0.9"), pruned.edits());
        assertNotEquals(before, pruned.logProbabilities(PROMPT, WORDS));
      }
      assertEquals(List.of(), model.edits());
      assertEquals(before, model.logProbabilities(PROMPT, WORDS), "after closing the other");
      assertEquals(before, model.with("0:mlp:0").logProbabilities(PROMPT, WORDS), "rate 0");
    }
  }

  @Test
  void editsAddUpAndComeFromTheOriginalWeights() {
    try (Rankine model = Rankine.load(DEMO)) {
      Rankine steps = model.with("0:mlp:0.9").with("1:attn:0.5");
      Rankine once = model.with("0:mlp:0.9", "1:attn:0.5");
      assertEquals(once.edits(), steps.edits());
      assertEquals(once.logProbabilities(PROMPT, WORDS), steps.logProbabilities(PROMPT, WORDS));

      assertThrows(EditException.class, () -> steps.with("0:fc_in:0.5"), "a matrix twice");
      assertThrows(EditException.class, () -> model.with("9:mlp:0.5"), "no such layer");
      assertThrows(EditException.class, () -> model.with("0:mlp:1.5"), "no such rate");

      Rankine zero = model.with(Pruning.exact("0:mlp:0.9").withMethod("zero"));
      assertNotEquals(
          model.with("0:mlp:0.9").logProbabilities(PROMPT, WORDS),
          zero.logProbabilities(PROMPT, WORDS));
      assertEquals(List.of("0:mlp:0.9", "1:mlp:0.9"), zero.with("1:mlp:0.9").edits());
      EditException mixed =
          assertThrows(EditException.class, () -> zero.with(Pruning.exact("1:mlp:0.9")));
      assertEquals(
          "method: expected zero with seed 0, as this model's edits, found exact with seed 0",
          mixed.getMessage());
    }
  }

  /** Scores of a task's prompts and choices are those of its evaluation, also of several tokens. */
  @Test
  void logProbabilitiesAreThoseOfAnEvaluation() {
    Path stories = TestData.model("stories260K");
    Path copa = TestData.task("copa");
    Task task = Task.load("copa");
    EvaluationOptions options =
        new EvaluationOptions(EvaluationSplit.TEST, OptionalInt.of(1), 0, OptionalInt.of(4));
    List<List<Double>> expected = new ArrayList<>();
    try (LoadedModel loaded = LoadedModel.open(stories, BackendOptions.standard())) {
      Evaluator.once(
              loaded,
              new EvaluationRequest(task, copa, options),
              Optional.empty(),
              ProgressListener.NONE)
          .predictions()
          .forEach(prediction -> expected.add(prediction.logProbabilities()));
    }
    List<ObjectNode> prompts = new ArrayList<>();
    PromptListing.stream(task, copa, options, prompts::add);
    try (Rankine model = Rankine.load(stories)) {
      for (int i = 0; i < prompts.size(); i++) {
        List<Continuation> scored =
            model.logProbabilities(
                prompts.get(i).get("prompt").asText(), texts(prompts.get(i).get("choices")));
        assertEquals(expected.get(i), scored.stream().map(Continuation::logProbability).toList());
        assertTrue(scored.getFirst().ids().size() > 1);
      }
    }
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  /** A continuation longer than a session's logit rows is scored in pieces. */
  @Test
  void aLongContinuationHasTheSumOfItsTokens() {
    String story = " the dog ran to the big tree and the cat sat on the mat.".repeat(8);
    Path stories = TestData.model("stories260K");
    Continuation scored;
    try (Rankine model = Rankine.load(stories)) {
      scored = model.logProbabilities("Once upon a time", List.of(story)).getFirst();
    }
    assertTrue(scored.ids().size() > 128, scored.ids().size() + " ids");
    double expected = 0;
    try (LoadedModel loaded = LoadedModel.open(stories, BackendOptions.standard());
        Session session = loaded.session();
        KvCache cache = session.sequence()) {
      int[] ids = PromptIds.of(loaded.tokenizer(), "Once upon a time" + story);
      int prompt = ids.length - scored.ids().size();
      int[] next = Arrays.copyOf(ids, prompt);
      for (int i = prompt; i < ids.length; i++) {
        assertEquals(ids[i], scored.ids().get(i - prompt));
        expected += logProbability(session.logits(cache, next), ids[i]);
        next = new int[] {ids[i]};
      }
    }
    assertEquals(expected, scored.logProbability(), 1e-4 * Math.abs(expected));
  }

  private static double logProbability(float[] logits, int id) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[id]);
    }
    return -Math.log(sum);
  }

  @Test
  void anEvaluationIsThatOfTheCommandLine() throws Exception {
    ExampleOptions options = ExampleOptions.DEFAULT.withLimit(20).withShots(1).withSeed(3);
    EvaluationResult expected;
    try (LoadedModel loaded = LoadedModel.open(DEMO, BackendOptions.standard())) {
      EditPlan plan = EditPlan.NONE.withEdits(List.of(Edit.parse("0:mlp:0.99")));
      expected =
          Evaluator.once(
              loaded.edited(plan),
              new EvaluationRequest(
                  Task.load("demo-topic"),
                  TOPIC,
                  EvaluationOptions.DEFAULT.withLimit(20).withShots(1).withSeed(3)),
              Optional.empty(),
              ProgressListener.NONE);
    }
    try (Rankine model = Rankine.load(DEMO)) {
      Evaluation plain = model.evaluate("demo-topic", TOPIC, options);
      Evaluation pruned = model.with("0:mlp:0.99").evaluate("demo-topic", TOPIC, options);
      assertEquals(
          new ObjectMapper().readTree(expected.toJson().toString()),
          new ObjectMapper().readTree(pruned.json()));
      assertEquals(expected.accuracy(), pruned.accuracy());
      assertEquals(20, pruned.n());
      assertEquals("test", pruned.split());
      assertEquals(
          pruned.correct(),
          pruned.examples().stream().filter(Evaluation.ExampleResult::correct).count());
      assertTrue(pruned.correct() < plain.correct(), "the edit costs accuracy");

      // Of the exact test on the discordant examples: 2 · P(at most the smaller number of n).
      int lost = 0;
      int won = 0;
      for (int i = 0; i < 20; i++) {
        boolean before = plain.examples().get(i).correct();
        boolean after = pruned.examples().get(i).correct();
        lost += before && !after ? 1 : 0;
        won += after && !before ? 1 : 0;
      }
      assertEquals(exactP(lost, won), plain.pValue(pruned), 1e-12);
      Evaluation others = model.evaluate("demo-topic", TOPIC, options.withLimit(10));
      assertThrows(RunException.class, () -> plain.pValue(others));
    }
  }

  private static double exactP(int lost, int won) {
    int n = lost + won;
    double sum = 0;
    double binomial = 1;
    for (int k = 0; k <= Math.min(lost, won); k++) {
      sum += binomial;
      binomial = binomial * (n - k) / (k + 1);
    }
    return Math.min(1, 2 * sum * Math.pow(0.5, n));
  }

  @Test
  void spectraAreThoseOfTheCommandLine() {
    try (LoadedModel loaded = LoadedModel.open(DEMO, BackendOptions.standard());
        Rankine model = Rankine.load(DEMO)) {
      List<Spectrum> expected =
          Spectrum.of(
              loaded,
              5,
              ModuleSelection.of("mlp"),
              List.of(PruningRate.ZERO, PruningRate.parse("0.95")));
      List<MatrixSpectrum> found = model.with("5:mlp:0.9").spectra(5, "mlp", 0, 0.95);
      assertEquals(expected.size(), found.size());
      for (int i = 0; i < found.size(); i++) {
        JsonNode json = expected.get(i).toJson();
        MatrixSpectrum spectrum = found.get(i);
        assertEquals(json.get("matrix").asText(), spectrum.matrix());
        assertEquals(json.get("shape").get(0).asInt(), spectrum.rows());
        assertEquals(json.get("shape").get(1).asInt(), spectrum.cols());
        assertEquals(json.get("numerical_rank").asInt(), spectrum.numericalRank());
        assertEquals(
            json.get("condition_number").asDouble(), spectrum.conditionNumber().orElseThrow());
        assertArrayEquals(
            StreamSupport.stream(json.get("singular_values").spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray(),
            spectrum.singularValues().stream().mapToDouble(Double::doubleValue).toArray());
        JsonNode rate = json.get("rates").get(1);
        assertEquals(
            new MatrixSpectrum.Truncation(
                0.95,
                rate.get("rank").asInt(),
                rate.get("energy").asDouble(),
                rate.get("relative_error").asDouble()),
            spectrum.truncations().get(1));
      }
      assertThrows(EditException.class, () -> model.spectra(5, "mlp", 1));
      assertThrows(EditException.class, () -> model.spectra(5, "mlp", Double.NaN));
      assertThrows(EditException.class, () -> model.spectra(5, "nose"));
    }
  }

  @Test
  void textIsStreamedInPieces() {
    try (Rankine model = Rankine.load(TestData.model("stories260K"))) {
      List<String> pieces = new ArrayList<>();
      Sampling sampling = new Sampling(24, 0.9, 5);
      Generation done = model.generate("Once upon a time", sampling, pieces::add);
      assertTrue(pieces.size() > 5, pieces.size() + " pieces");
      assertEquals(done.text(), String.join("", pieces));
      assertEquals(24, done.ids().size());
      assertEquals(done, model.generate("Once upon a time", sampling, piece -> {}));
      assertNotEquals(done, model.generate("Once upon a time", sampling.withSeed(6), piece -> {}));
      assertThrows(
          ModelException.class,
          () -> model.generate("a", sampling.withTemperature(-1), piece -> {}));
    }
  }

  @Test
  void threadsThatShareAModelGetTheResultsOfOne() {
    try (Rankine model = Rankine.load(DEMO)) {
      List<Rankine> models = List.of(model, model.with("0:mlp:0.9"), model.with("5:attn:0.5"));
      List<List<Continuation>> expected =
          models.stream().map(one -> one.logProbabilities(PROMPT, WORDS)).toList();
      IntStream.range(0, 9)
          .parallel()
          .forEach(
              i ->
                  assertEquals(
                      expected.get(i % 3), models.get(i % 3).logProbabilities(PROMPT, WORDS)));
    }
  }

  @Test
  void theBackendAndThreadsOfTheOptionsAreUsed() {
    ModelOptions scalar = ModelOptions.DEFAULT.withBackend("scalar");
    List<List<Continuation>> results = new ArrayList<>();
    for (ModelOptions options : List.of(scalar, scalar.withThreads(1))) {
      try (Rankine model = Rankine.load(DEMO, options)) {
        results.add(model.logProbabilities(PROMPT, WORDS));
      }
    }
    assertEquals(results.get(0), results.get(1));
    assertThrows(BackendException.class, () -> Rankine.load(DEMO, scalar.withBackend("abacus")));
    assertThrows(BackendException.class, () -> Rankine.load(DEMO, scalar.withThreads(0)));
  }

  @Test
  void copiedWeightsOutliveTheirFiles(@TempDir Path temp) throws Exception {
    Path folder = Files.createDirectory(temp.resolve("model"));
    try (var files = Files.list(DEMO)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path weights = folder.resolve("model.safetensors");
    Path data = TestData.demo().resolve("data/topic");
    ExampleOptions few = ExampleOptions.DEFAULT.withLimit(4);
    try (Rankine mapped = Rankine.load(folder);
        Rankine copied = Rankine.load(folder, ModelOptions.DEFAULT.withCopiedWeights())) {
      Evaluation expected = mapped.evaluate("demo-topic", data, few);
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length - 2] ^= 1;
      Path other = Files.write(temp.resolve("other"), bytes);
      Files.move(other, weights, StandardCopyOption.REPLACE_EXISTING);
      Evaluation found = copied.evaluate("demo-topic", data, few);
      assertEquals(expected, found);
      assertThrows(
          CheckpointException.class, () -> mapped.evaluate("demo-topic", data, few), "changed");
    }
  }

  @Test
  void aCacheFolderKeepsDecompositions(@TempDir Path temp) throws Exception {
    Path cache = temp.resolve("cache");
    List<MatrixSpectrum> first;
    try (Rankine model = Rankine.load(DEMO, ModelOptions.DEFAULT.withCache(cache))) {
      first = model.spectra(0, "q_proj");
    }
    try (var files = Files.list(cache)) {
      assertEquals(1, files.filter(file -> file.toString().endsWith(".svd")).count());
    }
    try (Rankine model = Rankine.load(DEMO, ModelOptions.DEFAULT.withCache(cache))) {
      assertEquals(first, model.spectra(0, "q_proj"));
    }
  }

  /** The golden figures of the perplexities and of one compressed model are tested elsewhere. */
  @Test
  void perplexityAndCompressionAreThoseOfTheCommandLine(@TempDir Path temp) throws Exception {
    Path text = Files.writeString(temp.resolve("text"), Files.readString(TEXT).substring(0, 1500));
    PerplexityOptions options = PerplexityOptions.DEFAULT.withContext(64).withMode("rolling");
    Compression compression =
        Compression.calibrated(0.9, "whitened", TestData.text("demo-calibration.txt"))
            .withWindows(4, 64)
            .withSequential("block")
            .withSkippedLayers(0, 1, 2, 3, 4);
    try (Rankine model = Rankine.load(DEMO)) {
      TextPerplexity plain = model.perplexity(text, options);
      Rankine compressed = model.with(compression);
      TextPerplexity found = compressed.perplexity(text, options);
      assertEquals(List.of("5:all:ratio=0.9"), compressed.edits());
      assertNotEquals(plain.nll(), found.nll());
      assertTrue(found.interval().lower() < found.perplexity(), found::toString);
      assertEquals(found.perplexity(), Math.exp(found.nll() / found.scored()), 1e-9);
      JsonNode json = new ObjectMapper().readTree(found.json());
      assertEquals("rolling", json.at("/protocol/mode").textValue());
      assertEquals("block", json.at("/manifest/edits/0/calibration/sequential").textValue());

      // The same plan from a file; more edits join it, a second compression does not.
      Path file = temp.resolve("plan.json");
      Files.write(file, PlanFile.bytes(compressed.plan()));
      assertEquals(found.json(), model.withPlan(file).perplexity(text, options).json());
      assertEquals(List.of("5:all:ratio=0.9", "4:mlp:0.5"), compressed.with("4:mlp:0.5").edits());
      assertThrows(EditException.class, () -> compressed.with(compression));

      Rankine loss = model.with(compression.withAllocation("loss"));
      assertEquals(6, loss.edits().size());
      assertThrows(
          EditException.class, () -> model.with(Compression.exact(0.5).withAllocation("loss")));
      assertThrows(EditException.class, () -> model.with(compression.withSequential("all")));
      assertThrows(EditException.class, () -> model.with(compression.withSkippedLayers(6)));
      assertThrows(TaskException.class, () -> model.perplexity(text, options.withMode("keep all")));
    }
  }

  @Test
  void requestsThatCannotBeServedSaySo() {
    assertThrows(CheckpointException.class, () -> Rankine.load(DEMO.getParent()));
    try (Rankine model = Rankine.load(DEMO)) {
      assertEquals(List.of(), model.logProbabilities(PROMPT, List.of()));
      assertThrows(ModelException.class, () -> model.logProbabilities(PROMPT, List.of("")));
      assertThrows(
          NullPointerException.class,
          () -> model.logProbabilities(PROMPT, Arrays.asList((String) null)));
      assertThrows(TaskException.class, () -> model.logProbabilities("", List.of(" moon")));
      assertThrows(ModelException.class, () -> model.logProbabilities(PROMPT.repeat(500), WORDS));
      assertThrows(
          ModelException.class,
          () -> model.logProbabilities(PROMPT, List.of(" moon".repeat(5000))));
      assertThrows(TaskException.class, () -> model.evaluate("no-task", TOPIC));
      assertThrows(
          TaskException.class,
          () -> model.evaluate("demo-topic", TOPIC, ExampleOptions.DEFAULT.withSplit("train")));
    }
  }

  @Test
  void aClosedModelRefusesEveryCall() {
    Rankine model = Rankine.load(DEMO);
    Rankine pruned = model.with("0:mlp:0.9");
    model.close();
    model.close();
    assertThrows(IllegalStateException.class, () -> pruned.logProbabilities(PROMPT, WORDS));
    assertThrows(IllegalStateException.class, () -> model.with("0:mlp:0.5"));
    assertThrows(IllegalStateException.class, () -> model.spectra(0, "mlp"));
  }

  /** ChatTemplateTest has the texts; here, that a conversation is answered or refused. */
  @Test
  void chatContinuesTheRenderedConversation(@TempDir Path folder) throws IOException {
    try (Stream<Path> files = Files.list(TestData.model("stories260K"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.copy(TestData.chat("mistral.jinja"), folder.resolve("chat_template.jinja"));
    Sampling sampling = Sampling.GREEDY.withMaxTokens(8).withRepetitionPenalty(1.1);
    List<Turn> turns =
        List.of(Turn.system("Be"), Turn.user("One"), Turn.assistant("Two"), Turn.user("Three"));
    try (Rankine model = Rankine.load(folder, ModelOptions.DEFAULT.withThreads(1))) {
      StringBuilder streamed = new StringBuilder();
      Generation answer = model.chat(turns, sampling, streamed::append);
      assertEquals(answer.text(), streamed.toString());
      assertEquals(8, answer.ids().size());
      assertThrows(
          TokenizerException.class,
          () -> model.chat(turns.subList(2, 4), sampling, streamed::append));
    }
  }
}
