package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/** Sampling parameters and generation. */
class GenerationConfigTest {
  private static boolean never(int id) {
    return false;
  }

  private static int[] run(
      Session session, GenerationConfig config, IntPredicate stop, int... prompt) {
    try (KvCache cache = session.sequence()) {
      List<Integer> received = new ArrayList<>();
      int[] ids =
          config.run(new GrowingSequence.Within(session, cache), prompt, stop, received::add);
      assertArrayEquals(ids, received.stream().mapToInt(Integer::intValue).toArray());
      return ids;
    }
  }

  @Test
  void temperatureZeroIsGreedy() {
    GoldenSession.run(
        "stories260K",
        "vector",
        1,
        512,
        session -> {
          int[] found =
              run(session, new GenerationConfig(20, 0, 5), GenerationConfigTest::never, 1, 403);
          try (KvCache cache = session.sequence()) {
            int[] input = {1, 403};
            for (int id : found) {
              float[] logits = session.logits(cache, input);
              for (float logit : logits) {
                assertTrue(logit <= logits[id]);
              }
              input = new int[] {id};
            }
          }
        });
  }

  @Test
  void seedFixesTheText() {
    GoldenSession.run(
        "stories260K",
        "vector",
        1,
        512,
        session -> {
          Set<String> texts = new HashSet<>();
          for (int seed = 0; seed < 20; seed++) {
            int[] first =
                run(session, new GenerationConfig(12, 1.2, seed), GenerationConfigTest::never, 1);
            assertArrayEquals(
                first,
                run(session, new GenerationConfig(12, 1.2, seed), GenerationConfigTest::never, 1));
            texts.add(Arrays.toString(first));
          }
          assertTrue(texts.size() > 15, texts.size() + " texts of 20 seeds");
        });
  }

  @Test
  void drawsFollowTheSoftmaxOfLogitsOverTemperature() {
    assertDrawsFollowTheSoftmax(2.5, 1500);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(doubles = {1, 2.5})
  void moreDrawsFollowTheSoftmax(double temperature) {
    assertDrawsFollowTheSoftmax(temperature, 6000);
  }

  /** Pearson's chi-square test of the first token over seeds 0, 1, 2, … */
  private static void assertDrawsFollowTheSoftmax(double temperature, int draws) {
    GoldenSession.run(
        "gpt2-f32",
        "vector",
        1,
        8,
        session -> {
          float[] logits;
          try (KvCache cache = session.sequence()) {
            logits = session.logits(cache, new int[] {5});
          }
          double total = 0;
          for (float logit : logits) {
            total += Math.exp(logit / temperature);
          }
          int[] counts = new int[logits.length];
          for (int seed = 0; seed < draws; seed++) {
            counts[
                run(
                    session,
                    new GenerationConfig(1, temperature, seed),
                    GenerationConfigTest::never,
                    5)[0]]++;
          }
          double statistic = 0;
          int cells = 0;
          double restExpected = 0;
          int restFound = 0;
          for (int id = 0; id < logits.length; id++) {
            double expected = draws * Math.exp(logits[id] / temperature) / total;
            if (expected < 5) {
              restExpected += expected;
              restFound += counts[id];
            } else {
              statistic += (counts[id] - expected) * (counts[id] - expected) / expected;
              cells++;
            }
          }
          if (restExpected >= 5) {
            statistic += (restFound - restExpected) * (restFound - restExpected) / restExpected;
            cells++;
          }
          // Mean cells - 1, standard deviation sqrt(2 (cells - 1)): five of them, two-sided.
          double spread = 5 * Math.sqrt(2.0 * (cells - 1));
          assertTrue(cells > 10, cells + " cells");
          assertEquals(cells - 1, statistic, spread, cells + " cells");
        });
  }

  @Test
  void veryHotAndVeryColdTemperatures() {
    GoldenSession.run(
        "gpt2-f32",
        "vector",
        1,
        8,
        session -> {
          int[] greedy =
              run(session, new GenerationConfig(8, 0, 0), GenerationConfigTest::never, 5, 6);
          assertArrayEquals(
              greedy,
              run(session, new GenerationConfig(8, 1e-300, 3), GenerationConfigTest::never, 5, 6));
          Set<Integer> ids = new HashSet<>();
          for (int id :
              run(session, new GenerationConfig(60, 1e300, 3), GenerationConfigTest::never, 5)) {
            ids.add(id);
          }
          assertTrue(ids.size() > 40, ids.size() + " ids in 60 uniform draws");
        });
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void endsWithTheContext(double temperature) {
    GoldenSession.run(
        "gpt2-f32",
        "vector",
        1,
        16,
        session -> {
          // The prompt fills 60 positions; 4 generated ids fill the rest, and one more follows.
          assertEquals(
              5,
              run(
                      session,
                      new GenerationConfig(100, temperature, 1),
                      GenerationConfigTest::never,
                      new int[60])
                  .length);
          assertEquals(
              1,
              run(
                      session,
                      new GenerationConfig(100, temperature, 1),
                      GenerationConfigTest::never,
                      new int[64])
                  .length);
          ModelException e =
              assertThrows(
                  ModelException.class,
                  () ->
                      run(
                          session,
                          new GenerationConfig(100, temperature, 1),
                          GenerationConfigTest::never,
                          new int[65]));
          assertTrue(e.getMessage().contains("found 65"));
        });
  }

  @Test
  void endsBeforeAStop() {
    GoldenSession.run(
        "gpt2-f32",
        "vector",
        1,
        16,
        session -> {
          int[] all =
              run(session, new GenerationConfig(20, 1.5, 7), GenerationConfigTest::never, 1);
          int stop = all[9];
          int[] found = run(session, new GenerationConfig(20, 1.5, 7), id -> id == stop, 1);
          assertTrue(found.length <= 9);
          assertArrayEquals(Arrays.copyOf(all, found.length), found);
          assertEquals(stop, all[found.length]);
          assertEquals(
              0,
              run(session, new GenerationConfig(0, 1.5, 7), GenerationConfigTest::never, 1).length);
        });
  }

  @Test
  void rejectsInvalidParameters() {
    for (double temperature :
        new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      ModelException e =
          assertThrows(ModelException.class, () -> new GenerationConfig(1, temperature, 0));
      assertEquals("temperature: expected 0 or more, found " + temperature, e.getMessage());
    }
    refused("max-tokens: expected 0 or more, found -1", () -> new GenerationConfig(-1, 0, 0));
    refused("top-k: expected 0 or more, found -1", () -> filtered(-1, 1, 0, 1));
    refused("top-p: expected more than 0, at most 1, found 0.0", () -> filtered(0, 0, 0, 1));
    refused(
        "top-p: expected more than 0, at most 1, found NaN", () -> filtered(0, Double.NaN, 0, 1));
    refused("min-p: expected 0 to 1, found 1.5", () -> filtered(0, 1, 1.5, 1));
    for (double penalty : new double[] {0, -1, 1e-50, 1e39, Double.NaN}) {
      refused(
          "repetition-penalty: expected more than 0, in float32, found " + penalty,
          () -> filtered(0, 1, 0, penalty));
    }
    refused(
        "stop: expected a text, found an empty one",
        () -> new GenerationConfig(1, 0, 0, 1, 0, 1, List.of("a", ""), 0));
  }

  private static GenerationConfig filtered(int topK, double topP, double minP, double penalty) {
    return new GenerationConfig(1, 1, topK, topP, minP, penalty, List.of(), 0);
  }

  private static void refused(String message, Executable made) {
    assertEquals(message, assertThrows(ModelException.class, made).getMessage());
  }
}
