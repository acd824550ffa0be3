package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;
import rankine.engine.icl.Scorer.Prefix;
import rankine.engine.icl.Scorer.Query;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/** Scores match the definition, bit-identical for any batching, chunk size and thread count. */
class SessionScorerTest {
  private static final String MODEL = "stories260K";
  private static final int VOCAB = 512;
  private static final int[] PREFIX = ids(new Random(1), 70);
  private static final List<Query> QUERIES = queries();

  private static int[] ids(Random random, int n) {
    return random.ints(n, 3, VOCAB).toArray();
  }

  /** 40 queries: prompts of 1 to 24 ids, 1 to 4 continuations of 1 to 5 ids, one of 90. */
  private static List<Query> queries() {
    Random random = new Random(2);
    List<Query> queries = new ArrayList<>();
    for (int q = 0; q < 40; q++) {
      List<int[]> continuations = new ArrayList<>();
      for (int c = random.nextInt(4); c >= 0; c--) {
        continuations.add(ids(random, 1 + random.nextInt(5)));
      }
      if (q == 17) {
        continuations.add(ids(random, 90));
      }
      queries.add(new Query(ids(random, 1 + random.nextInt(24)), continuations));
    }
    return queries;
  }

  private static List<double[]> score(Session session, int[] prefix, List<Query> queries) {
    SessionScorer scorer = new SessionScorer(session);
    try (Prefix prefilled = scorer.prefill(prefix)) {
      assertEquals(prefix.length, prefilled.length());
      return scorer.logLikelihoods(prefilled, queries);
    }
  }

  private static void assertSame(List<double[]> expected, List<double[]> found, String how) {
    assertEquals(expected.size(), found.size());
    for (int q = 0; q < expected.size(); q++) {
      assertArrayEquals(expected.get(q), found.get(q), how + ", query " + q);
    }
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
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
    GoldenSession.run(
        MODEL,
        "scalar",
        2,
        512,
        session -> {
          List<double[]> found = score(session, PREFIX, QUERIES);
          for (int q = 0; q < QUERIES.size(); q++) {
            Query query = QUERIES.get(q);
            assertEquals(query.continuations().size(), found.get(q).length);
            for (int c = 0; c < found.get(q).length; c++) {
              int[] continuation = query.continuations().get(c);
              double expected = reference(session, join(PREFIX, query.prompt()), continuation);
              assertEquals(expected, found.get(q)[c], 1e-9 * Math.abs(expected), "query " + q);
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void scoresAreBitIdenticalForAnyBatching(String backend) {
    List<double[]> expected = new ArrayList<>();
    GoldenSession.run(
        MODEL, backend, 1, 512, session -> expected.addAll(score(session, PREFIX, QUERIES)));

    int[][] threadsAndChunks = {{1, 5}, {2, 64}, {3, 512}};
    for (int[] how : threadsAndChunks) {
      GoldenSession.run(
          MODEL,
          backend,
          how[0],
          how[1],
          session ->
              assertSame(
                  expected,
                  score(session, PREFIX, QUERIES),
                  how[0] + " threads, chunks of " + how[1]));
    }
    GoldenSession.run(
        MODEL,
        backend,
        2,
        512,
        session -> {
          for (int q = 0; q < QUERIES.size(); q++) {
            assertSame(
                expected.subList(q, q + 1),
                score(session, PREFIX, QUERIES.subList(q, q + 1)),
                "alone");
          }
          List<Integer> order =
              new ArrayList<>(IntStream.range(0, QUERIES.size()).boxed().toList());
          Collections.shuffle(order, new Random(3));
          assertSame(
              order.stream().map(expected::get).toList(),
              score(session, PREFIX, order.stream().map(QUERIES::get).toList()),
              "shuffled");
          for (int shared : new int[] {0, 65}) {
            int[] prefix = Arrays.copyOf(PREFIX, shared);
            int[] rest = Arrays.copyOfRange(PREFIX, shared, PREFIX.length);
            List<Query> longer =
                QUERIES.stream()
                    .map(q -> new Query(join(rest, q.prompt()), q.continuations()))
                    .toList();
            assertSame(expected, score(session, prefix, longer), shared + " ids shared");
          }
        });
  }

  @Test
  void prefixServesManyBatches() {
    GoldenSession.run(
        MODEL,
        "vector",
        2,
        512,
        session -> {
          SessionScorer scorer = new SessionScorer(session);
          List<double[]> expected = score(session, PREFIX, QUERIES);
          try (Prefix prefix = scorer.prefill(PREFIX)) {
            for (int round = 0; round < 3; round++) {
              assertSame(expected, scorer.logLikelihoods(prefix, QUERIES), "round " + round);
            }
            assertEquals(PREFIX.length, prefix.length());
          }
        });
  }

  @Test
  void usesTheWholeContextAndNoMore() {
    GoldenSession.run(
        MODEL,
        "vector",
        1,
        512,
        session -> {
          // 500 + 10 + the continuation without its last id: 512 positions allow 3 ids.
          int[] prefix = ids(new Random(4), 500);
          int[] prompt = ids(new Random(5), 10);
          int[] fits = {40, 41, 42};
          double found =
              score(session, prefix, List.of(new Query(prompt, List.of(fits)))).get(0)[0];
          assertEquals(reference(session, join(prefix, prompt), fits), found, 1e-6);
          Query tooLong = new Query(prompt, List.of(new int[] {40, 41, 42, 43}));
          ModelException e =
              assertThrows(ModelException.class, () -> score(session, prefix, List.of(tooLong)));
          assertEquals(
              "context: expected at most 512 tokens (the model's limit), found 513",
              e.getMessage());
        });
  }

  @Test
  void greedyAnswer() {
    GoldenSession.run(
        MODEL,
        "vector",
        2,
        512,
        session -> {
          SessionScorer scorer = new SessionScorer(session);
          int[] all = join(PREFIX, new int[] {9, 8});
          int[] expected = new int[12];
          try (KvCache cache = session.sequence()) {
            int[] input = all;
            for (int i = 0; i < expected.length; i++) {
              expected[i] = session.greedy(cache, input);
              input = new int[] {expected[i]};
            }
          }
          try (Prefix prefix = scorer.prefill(PREFIX)) {
            int[] prompt = {9, 8};
            assertArrayEquals(expected, scorer.greedy(prefix, prompt, 12, id -> false));
            assertEquals(0, scorer.greedy(prefix, prompt, 0, id -> false).length);
            int stop = expected[7];
            int[] found = scorer.greedy(prefix, prompt, 12, id -> id == stop);
            assertTrue(found.length <= 7);
            assertArrayEquals(Arrays.copyOf(expected, found.length), found);
            assertEquals(stop, expected[found.length]);
          }
        });
  }
}
