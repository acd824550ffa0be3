package rankine.engine.serving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;
import rankine.engine.model.Session;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.GeneratedText;
import rankine.engine.run.GenerationConfig;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.engine.serving.BatchScheduler.Submission;
import rankine.engine.serving.RejectedSequenceException.RejectionReason;
import rankine.engine.serving.ScoredToken.TokenAlternative;
import rankine.engine.serving.SequenceEvent.EndReason;
import rankine.engine.serving.SequenceEvent.PromptComputed;
import rankine.engine.serving.SequenceEvent.SequenceEnded;
import rankine.engine.serving.SequenceEvent.SequenceFailed;
import rankine.engine.serving.SequenceEvent.TokenAdded;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.testdata.TestData;

/** Requests in company have the bits that they have alone, which are those of one session. */
class BatchSchedulerTest {
  private static final int LONGEST = 90;
  private static final Optional<ScoreOptions> NOTHING = Optional.empty();
  private static final Optional<ScoreOptions> SCORED = Optional.of(new ScoreOptions(true, 3));

  private LoadedModel loaded;

  @AfterEach
  void close() {
    if (loaded != null) {
      loaded.close();
    }
  }

  private LoadedModel open(String model, String backend) {
    loaded = LoadedModel.open(TestData.model(model), new BackendOptions(backend, 0, 2));
    return loaded;
  }

  private static ServingOptions options(int parallel, int queue, long prefixBytes) {
    return new ServingOptions(parallel, OptionalInt.empty(), queue, OptionalLong.of(prefixBytes));
  }

  /** All that happened to a request. */
  private record ServedAnswer(PromptComputed prompt, List<TokenAdded> added, SequenceEnded end) {
    int[] ids() {
      return added.stream().mapToInt(TokenAdded::id).toArray();
    }

    String text() {
      StringBuilder text = new StringBuilder();
      added.forEach(token -> text.append(token.text()));
      return text.append(end.rest()).toString();
    }

    /** What must not depend on company. */
    ServedAnswer withoutCached() {
      return new ServedAnswer(new PromptComputed(prompt.scores(), 0), added, end);
    }
  }

  /** What happens to the requests of one submission. */
  private static final class Events {
    private final List<BlockingQueue<SequenceEvent>> queues = new ArrayList<>();

    Events(int requests) {
      for (int i = 0; i < requests; i++) {
        queues.add(new LinkedBlockingQueue<>());
      }
    }

    void add(int index, SequenceEvent event) {
      queues.get(index).add(event);
    }

    SequenceEvent next(int index) throws InterruptedException {
      SequenceEvent event = queues.get(index).poll(60, TimeUnit.SECONDS);
      assertTrue(event != null, "no event in a minute");
      return event;
    }

    ServedAnswer answer(int index) throws InterruptedException {
      PromptComputed prompt = (PromptComputed) next(index);
      List<TokenAdded> added = new ArrayList<>();
      SequenceEvent event = next(index);
      while (event instanceof TokenAdded token) {
        added.add(token);
        event = next(index);
      }
      return new ServedAnswer(prompt, added, (SequenceEnded) event);
    }
  }

  private static List<ServedAnswer> answers(
      BatchScheduler scheduler, List<SequenceRequest> requests) throws Exception {
    Events events = new Events(requests.size());
    scheduler.submit(requests, events::add);
    List<ServedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      answers.add(events.answer(i));
    }
    return answers;
  }

  private static ServedAnswer alone(LoadedModel model, SequenceRequest request) throws Exception {
    try (BatchScheduler scheduler = new BatchScheduler(model, options(1, 1, 0))) {
      return answers(scheduler, List.of(request)).getFirst();
    }
  }

  private static int[] random(Random random, int length, int vocabSize) {
    return random.ints(length, 0, vocabSize).toArray();
  }

  /** Prompts of many lengths, of which some begin alike, greedy and drawn, scored or not. */
  private static List<SequenceRequest> mixed(LoadedModel model, Random random) {
    int vocabSize = model.model().config().vocabSize();
    int context = Math.min(LONGEST, model.model().config().contextLength());
    int[] shared = random(random, context / 2, vocabSize);
    List<SequenceRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int length = 1 + random.nextInt(context - 1);
      int[] prompt = random(random, length, vocabSize);
      if (i % 3 > 0) {
        System.arraycopy(shared, 0, prompt, 0, Math.min(length, shared.length));
      }
      double temperature = i % 2 == 0 ? 0 : 0.8;
      GenerationConfig config =
          new GenerationConfig(
              i == 5 ? 0 : 1 + random.nextInt(12), temperature, 0, 0.9, 0, 1.1, List.of(), i);
      requests.add(new SequenceRequest(prompt, config, i % 4 == 3 ? NOTHING : SCORED));
    }
    return requests;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gemma2-f32"})
  void theSameBitsAloneAndInCompany(String name) throws Exception {
    assertSameBitsAloneAndInCompany(name);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(strings = {"mistral-bf16", "phi3-f16", "opt-f16"})
  void theSameBitsAloneAndInCompanyOfMoreModels(String name) throws Exception {
    assertSameBitsAloneAndInCompany(name);
  }

  private void assertSameBitsAloneAndInCompany(String name) throws Exception {
    LoadedModel model = open(name, "vector");
    List<SequenceRequest> requests = mixed(model, new Random(name.hashCode()));
    List<ServedAnswer> expected = new ArrayList<>();
    for (SequenceRequest request : requests) {
      expected.add(alone(model, request));
    }
    for (int parallel : new int[] {3, 8}) {
      // The smaller budget keeps two or three sequences: others go while they are shared.
      long budget = parallel == 3 ? 3 * model.model().cacheBytes(2 * LONGEST) : 64L << 20;
      try (BatchScheduler scheduler = new BatchScheduler(model, options(parallel, 100, budget))) {
        for (int round = 0; round < 2; round++) { // the second finds what the first has kept
          List<ServedAnswer> found = answers(scheduler, requests);
          for (int i = 0; i < found.size(); i++) {
            assertEquals(
                expected.get(i).withoutCached(), found.get(i).withoutCached(), "request " + i);
          }
          Collections.reverse(requests);
          Collections.reverse(expected);
        }
        scheduler.drain(Duration.ofMinutes(1));
        ServingStatistics statistics = scheduler.statistics();
        assertTrue(statistics.keptSequences() > 0, statistics.toString());
        assertTrue(statistics.keptBytes() <= budget, statistics.toString());
      }
    }
  }

  @Test
  void theTextIsThatOfGenerate() throws Exception {
    LoadedModel model = open("stories260K", "vector");
    List<SequenceRequest> requests = new ArrayList<>();
    List<GeneratedText> expected = new ArrayList<>();
    for (String prompt : List.of("Once upon a time", "Lily", "The dog was \u00e9")) {
      for (double temperature : new double[] {0, 1.2}) {
        int[] ids = PromptIds.of(model.tokenizer(), prompt);
        GenerationConfig config =
            new GenerationConfig(60, temperature, 20, 0.95, 0.01, 1, List.of(" the", "Mom"), 7);
        requests.add(new SequenceRequest(ids, config, NOTHING));
        expected.add(GeneratedText.run(model, ids, config, chunk -> {}));
      }
    }
    try (BatchScheduler scheduler = new BatchScheduler(model, options(4, 100, 0))) {
      List<ServedAnswer> found = answers(scheduler, requests);
      for (int i = 0; i < found.size(); i++) {
        assertArrayEquals(expected.get(i).ids(), found.get(i).ids());
        assertEquals(expected.get(i).text(), found.get(i).text());
      }
    }
  }

  /** One token at a time in a session of its own, on the scalar backend's plain loops. */
  @Test
  void scoresAreThoseOfASession() throws Exception {
    LoadedModel model = open("llama-bf16", "scalar");
    int vocabSize = model.model().config().vocabSize();
    int[] prompt = random(new Random(3), 40, vocabSize);
    ServedAnswer answer =
        alone(
            model,
            new SequenceRequest(
                prompt, new GenerationConfig(5, 0, 0), Optional.of(new ScoreOptions(true, 2))));
    int[] ids = IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer.ids())).toArray();
    List<ScoredToken> scores = new ArrayList<>(answer.prompt().scores());
    answer.added().forEach(token -> scores.add(token.score().orElseThrow()));
    assertEquals(ids.length, scores.size());
    assertTrue(scores.getFirst().logProbability().isEmpty());
    int[] all = IntStream.range(0, vocabSize).toArray();
    try (Session session = model.session();
        KvCache cache = session.sequence()) {
      for (int position = 0; position + 1 < ids.length; position++) {
        Batch one =
            new Batch(List.of(new Batch.Sequence(cache, new int[] {ids[position]})), new int[] {0});
        double[] expected = session.logProbabilities(one, new int[][] {all})[0];
        ScoredToken found = scores.get(position + 1);
        assertEquals(ids[position + 1], found.id());
        assertEquals(expected[found.id()], found.logProbability().orElseThrow());
        double[] sorted = Arrays.stream(expected).sorted().toArray();
        assertEquals(2, found.alternatives().size());
        for (int i = 0; i < 2; i++) {
          TokenAlternative alternative = found.alternatives().get(i);
          assertEquals(sorted[vocabSize - 1 - i], alternative.logProbability());
          assertEquals(expected[alternative.id()], alternative.logProbability());
        }
      }
    }
  }

  @Test
  void aCommonBeginningIsComputedOnce() throws Exception {
    LoadedModel model = open("gpt2-f32", "scalar");
    int[] prompt = random(new Random(1), 60, 307);
    int[] other = prompt.clone();
    other[50] = (other[50] + 1) % 307;
    GenerationConfig one = new GenerationConfig(1, 0, 0);
    List<SequenceRequest> both =
        List.of(new SequenceRequest(prompt, one, SCORED), new SequenceRequest(other, one, SCORED));
    try (BatchScheduler scheduler = new BatchScheduler(model, options(2, 10, 1 << 20))) {
      List<ServedAnswer> found = answers(scheduler, both);
      assertEquals(0, found.get(0).prompt().cached());
      // Positions 0 to 48: the score of token 50 comes from position 49, which is computed again.
      assertEquals(49, found.get(1).prompt().cached());
      assertEquals(58, answers(scheduler, both.subList(1, 2)).getFirst().prompt().cached());
      SequenceRequest more =
          new SequenceRequest(other, one, Optional.of(new ScoreOptions(true, 4)));
      assertEquals(0, answers(scheduler, List.of(more)).getFirst().prompt().cached());
      SequenceRequest unscored = new SequenceRequest(other, one, NOTHING);
      assertEquals(59, answers(scheduler, List.of(unscored)).getFirst().prompt().cached());
      scheduler.drain(Duration.ofMinutes(1));
      ServingStatistics statistics = scheduler.statistics();
      assertEquals(5 * 60, statistics.promptTokens() + statistics.cachedTokens());
      assertTrue(statistics.keptBytes() <= 1 << 20, statistics.toString());
    }
    try (BatchScheduler scheduler = new BatchScheduler(model, options(2, 10, 0))) {
      answers(scheduler, both);
      assertEquals(0, answers(scheduler, both).getFirst().prompt().cached());
      scheduler.drain(Duration.ofMinutes(1));
      assertEquals(0, scheduler.statistics().keptSequences());
    }
  }

  @Test
  void theContextEndsATextAndRefusesAPrompt() throws Exception {
    LoadedModel model = open("gpt2-f32", "scalar");
    try (BatchScheduler scheduler =
        new BatchScheduler(
            model, new ServingOptions(1, OptionalInt.of(20), 4, OptionalLong.of(0)))) {
      assertEquals(20, scheduler.contextLength());
      SequenceRequest request =
          new SequenceRequest(new int[18], new GenerationConfig(50, 0, 0), NOTHING);
      ServedAnswer answer = answers(scheduler, List.of(request)).getFirst();
      assertEquals(EndReason.LENGTH, answer.end().reason());
      assertEquals(3, answer.ids().length); // the last one needs no place
      for (int[] prompt : List.of(new int[21], new int[0], new int[] {307}, new int[] {-1})) {
        assertThrows(
            ModelException.class,
            () ->
                scheduler.submit(
                    List.of(new SequenceRequest(prompt, new GenerationConfig(1, 0, 0), NOTHING)),
                    (index, event) -> {}));
      }
    }
    assertThrows(
        ModelException.class,
        () ->
            new BatchScheduler(
                model, new ServingOptions(1, OptionalInt.of(65), 4, OptionalLong.of(0))));
  }

  @Test
  void aFullQueueRefusesAndACancelledRequestFreesItsPlace() throws Exception {
    LoadedModel model = open("stories260K", "scalar");
    SequenceRequest request =
        new SequenceRequest(new int[] {1}, new GenerationConfig(60, 1, 0), NOTHING);
    CountDownLatch held = new CountDownLatch(1);
    Events events = new Events(3);
    try (BatchScheduler scheduler = new BatchScheduler(model, options(1, 1, 0))) {
      Submission first =
          scheduler.submit(
              List.of(request),
              (index, event) -> {
                awaitUninterruptibly(held); // the scheduler stands still
                events.add(0, event);
              });
      while (scheduler.statistics().running() == 0) {
        Thread.onSpinWait();
      }
      Submission second =
          scheduler.submit(List.of(request), (index, event) -> events.add(1, event));
      RejectedSequenceException full =
          assertThrows(
              RejectedSequenceException.class,
              () -> scheduler.submit(List.of(request), (index, event) -> {}));
      assertEquals(RejectionReason.QUEUE_FULL, full.reason());
      second.cancel();
      Submission whole = scheduler.submit(Collections.nCopies(3, request), (index, event) -> {});
      assertEquals(3, scheduler.statistics().waiting()); // more than the limit
      whole.cancel();
      scheduler.submit(List.of(request), (index, event) -> events.add(2, event));
      first.cancel();
      held.countDown();
      scheduler.drain(Duration.ofMinutes(1));
      assertEquals(0, scheduler.statistics().running());
      assertTrue(events.answer(2).ids().length > 0);
      assertTrue(events.queues.get(1).isEmpty());
      RejectedSequenceException closing =
          assertThrows(
              RejectedSequenceException.class,
              () -> scheduler.submit(List.of(request), (index, event) -> {}));
      assertEquals(RejectionReason.CLOSING, closing.reason());
    }
  }

  @Test
  void closingFailsWhatRuns() throws Exception {
    LoadedModel model = open("stories260K", "scalar");
    Events events = new Events(1);
    BatchScheduler scheduler = new BatchScheduler(model, options(1, 1, 0));
    scheduler.submit(
        List.of(new SequenceRequest(new int[] {1}, new GenerationConfig(400, 1, 0), NOTHING)),
        events::add);
    events.next(0);
    scheduler.close();
    SequenceEvent last = events.next(0);
    while (last instanceof TokenAdded) {
      last = events.next(0);
    }
    assertTrue(last instanceof SequenceFailed || last instanceof SequenceEnded, last.toString());
    assertTrue(scheduler.ended().isDone());
    assertSame(scheduler.ended(), scheduler.ended()); // /health asks again and again
  }

  /** A listener that throws stands for a defect in what one sequence does with its tokens. */
  @Test
  void aDefectEndsItsOwnSequenceOnly() throws Exception {
    LoadedModel model = open("stories260K", "scalar");
    SequenceRequest request =
        new SequenceRequest(new int[] {1}, new GenerationConfig(20, 0, 0), NOTHING);
    SequenceRequest none =
        new SequenceRequest(new int[] {1}, new GenerationConfig(0, 0, 0), NOTHING);
    ServedAnswer expected = alone(model, request);
    Events events = new Events(3);
    IllegalStateException defect = new IllegalStateException("a defect");
    try (BatchScheduler scheduler = new BatchScheduler(model, options(3, 3, 0))) {
      scheduler.submit(
          List.of(request, request, none),
          (index, event) -> {
            if ((index == 0 && event instanceof TokenAdded)
                || (index == 2 && event instanceof PromptComputed)) {
              throw defect;
            }
            events.add(index, event);
          });
      assertEquals(expected, events.answer(1));
      assertTrue(events.next(0) instanceof PromptComputed);
      assertEquals(new SequenceFailed(defect), events.next(0));
      assertEquals(new SequenceFailed(defect), events.next(2));
      assertEquals(expected, answers(scheduler, List.of(request)).getFirst());
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
