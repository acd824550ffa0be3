package rankine.engine.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rankine.common.ModelException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Scores match the definition, bit-identical for any batching, chunk size and thread count. */
class PlainScoringTest {
  private static final String MODEL = "stories260K";
  private static final int VOCAB = 512;
  private static final int[] PREFIX = ids(new Random(1), 70);
  private static final List<Prompt> PROMPTS = prompts();

  private interface ModelUse {
    void with(Model model, Backend backend);
  }

  private static void open(String backendName, int threads, ModelUse use) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(MODEL));
        Backend backend =
            backendName.equals("scalar")
                ? CpuBackend.scalar(threads)
                : CpuBackend.vector(threads)) {
      use.with(Architectures.load(checkpoint, backend), backend);
    }
  }

  private static int[] ids(Random random, int n) {
    return random.ints(n, 3, VOCAB).toArray();
  }

  private static int[] join(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  /**
   * 40 prompts (32 are scored at a time) of 1 to 24 ids after the prefix, 1 to 9 continuations of 1
   * to 5 ids, one of 90.
   */
  private static List<Prompt> prompts() {
    Random random = new Random(2);
    List<Prompt> prompts = new ArrayList<>();
    for (int p = 0; p < 40; p++) {
      List<int[]> continuations = new ArrayList<>();
      for (int c = random.nextInt(9); c >= 0; c--) {
        continuations.add(ids(random, 1 + random.nextInt(5)));
      }
      if (p == 17) {
        continuations.add(ids(random, 90));
      }
      prompts.add(new Prompt(join(PREFIX, ids(random, 1 + random.nextInt(24))), continuations));
    }
    return prompts;
  }

  private static List<double[]> score(
      Model model, Backend backend, int chunk, int[] prefix, List<Prompt> prompts) {
    TokenTree tree = TokenTree.of(prefix, prompts);
    List<Integer> progress = new ArrayList<>();
    try (Scorer scorer =
        new Scorer(model, backend, tree, new ActivationBudget(100_000), chunk, Long.MAX_VALUE)) {
      List<double[]> scores = scorer.scores(model, (done, total) -> progress.add(done));
      assertEquals(prompts.size(), progress.getLast());
      assertEquals(progress.stream().sorted().toList(), progress);
      return scores;
    }
  }

  private static void assertSame(List<double[]> expected, List<double[]> found, String how) {
    assertEquals(expected.size(), found.size());
    for (int p = 0; p < expected.size(); p++) {
      assertArrayEquals(expected.get(p), found.get(p), how + ", prompt " + p);
    }
  }

  /** The definition: full logits, token by token, log-softmax in float64. */
  private static double reference(Session session, int[] before, int[] continuation) {
    double sum = 0;
    try (KvCache cache = session.sequence()) {
      int[] input = before;
      for (int id : continuation) {
        float[] logits = session.logits(cache, input);
        double max = IntStream.range(0, VOCAB).mapToDouble(i -> logits[i]).max().orElseThrow();
        double total = IntStream.range(0, VOCAB).mapToDouble(i -> Math.exp(logits[i] - max)).sum();
        sum += logits[id] - max - Math.log(total);
        input = new int[] {id};
      }
    }
    return sum;
  }

  @Test
  void scoresMatchTheDefinition() {
    open(
        "scalar",
        2,
        (model, backend) -> {
          List<Prompt> some = PROMPTS.subList(10, 20);
          List<double[]> found = score(model, backend, 512, PREFIX, some);
          try (Session session = new Session(model, backend)) {
            for (int p = 0; p < some.size(); p++) {
              Prompt prompt = some.get(p);
              assertEquals(prompt.continuations().size(), found.get(p).length);
              for (int c = 0; c < found.get(p).length; c++) {
                double expected = reference(session, prompt.ids(), prompt.continuations().get(c));
                assertEquals(expected, found.get(p)[c], 1e-9 * Math.abs(expected), "prompt " + p);
              }
            }
          }
        });
  }

  @Test
  void scoresAreBitIdenticalForAnyBatching() {
    assertBitIdenticalForAnyBatching("vector");
  }

  @Tag("thorough")
  @Test
  void scalarScoresAreBitIdenticalForAnyBatching() {
    assertBitIdenticalForAnyBatching("scalar");
  }

  private static void assertBitIdenticalForAnyBatching(String backendName) {
    List<double[]> expected = new ArrayList<>();
    open(
        backendName,
        1,
        (model, backend) -> expected.addAll(NaiveScorer.scores(model, backend, PROMPTS)));

    int[][] threadsAndChunks = {{1, 5}, {2, 64}, {3, 512}};
    for (int[] how : threadsAndChunks) {
      open(
          backendName,
          how[0],
          (model, backend) ->
              assertSame(
                  expected,
                  score(model, backend, how[1], PREFIX, PROMPTS),
                  how[0] + " threads, chunks of " + how[1]));
    }
    open(
        backendName,
        2,
        (model, backend) -> {
          List<Integer> order =
              new ArrayList<>(IntStream.range(0, PROMPTS.size()).boxed().toList());
          Collections.shuffle(order, new Random(3));
          assertSame(
              order.stream().map(expected::get).toList(),
              score(model, backend, 512, PREFIX, order.stream().map(PROMPTS::get).toList()),
              "shuffled");
          for (int shared : new int[] {0, 65}) {
            int[] prefix = Arrays.copyOf(PREFIX, shared);
            assertSame(
                expected, score(model, backend, 512, prefix, PROMPTS), shared + " ids shared");
          }
        });
  }

  /** A prompt that lost its beginning, and one that is the prefix alone, share nothing. */
  @Test
  void promptsWithoutThePrefixAreSequencesOfTheirOwn() {
    List<int[]> choices = List.of(new int[] {5, 6, 7}, new int[] {8});
    List<Prompt> prompts = new ArrayList<>(PROMPTS.subList(0, 3));
    prompts.add(1, new Prompt(ids(new Random(9), 90), choices));
    prompts.add(2, new Prompt(PREFIX, choices));
    TokenTree tree = TokenTree.of(PREFIX, prompts);
    assertArrayEquals(PREFIX, tree.prefixIds());
    assertEquals(
        List.of(0, TokenSpan.NONE, TokenSpan.NONE, 0, 0),
        IntStream.range(0, 5).mapToObj(p -> tree.span(p).parent()).toList());
    open(
        "vector",
        2,
        (model, backend) ->
            assertSame(
                NaiveScorer.scores(model, backend, prompts),
                score(model, backend, 512, PREFIX, prompts),
                "mixed"));
  }

  /** The ids given at the start of a continuation are read like the prompt's. */
  @Test
  void givenIdsAreReadAndNotScored() {
    int[] start = PREFIX;
    List<int[]> continuations =
        List.of(new int[] {5, 6, 7, 8}, new int[] {5, 9, 7, 8}, new int[] {9, 8}, new int[] {4});
    int[] given = {2, 3, 1, 0};
    List<Prompt> prompts = List.of(new Prompt(start, continuations, given));
    open(
        "scalar",
        2,
        (model, backend) -> {
          List<double[]> found = score(model, backend, 512, new int[0], prompts);
          assertSame(NaiveScorer.scores(model, backend, prompts), found, "given");
          try (Session session = new Session(model, backend)) {
            for (int c = 0; c < given.length; c++) {
              int[] all = continuations.get(c);
              int[] before = join(start, Arrays.copyOf(all, given[c]));
              int[] scored = Arrays.copyOfRange(all, given[c], all.length);
              double expected = reference(session, before, scored);
              assertEquals(expected, found.getFirst()[c], 1e-9 * Math.abs(expected));
            }
          }
        });
  }

  @Test
  void usesTheWholeContextAndNoMore() {
    open(
        "vector",
        1,
        (model, backend) -> {
          // 500 + 10 + the continuation without its last id: 512 positions allow 3 ids.
          int[] prefix = ids(new Random(4), 500);
          int[] prompt = join(prefix, ids(new Random(5), 10));
          int[] fits = {40, 41, 42};
          double found =
              score(model, backend, 512, prefix, List.of(new Prompt(prompt, List.of(fits))))
                  .get(0)[0];
          try (Session session = new Session(model, backend)) {
            assertEquals(reference(session, prompt, fits), found, 1e-6);
          }
          Prompt tooLong = new Prompt(prompt, List.of(new int[] {40, 41, 42, 43}));
          ModelException e =
              assertThrows(
                  ModelException.class, () -> score(model, backend, 512, prefix, List.of(tooLong)));
          assertEquals(
              "context: expected at most 512 tokens (the model's limit), found 513",
              e.getMessage());
          Prompt unknown = new Prompt(prompt, List.of(new int[] {40, 512}));
          assertThrows(
              ModelException.class, () -> score(model, backend, 512, prefix, List.of(unknown)));
        });
  }
}
