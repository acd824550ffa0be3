package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;

/** The filters of a distribution, against values computed by hand. */
class TokenSamplerTest {
  private static final double[] P = {0.05, 0.4, 0.25, 0.2, 0.1};
  private static final int[] NONE = {};

  /** Logits of which {@link #P} is the softmax. */
  private static float[] logits() {
    float[] logits = new float[P.length];
    for (int i = 0; i < P.length; i++) {
      logits[i] = (float) Math.log(P[i]) + 3;
    }
    return logits;
  }

  private static TokenSampler sampler(
      double temperature, int topK, double topP, double minP, double penalty, long seed) {
    return new TokenSampler(
        new GenerationConfig(1, temperature, topK, topP, minP, penalty, List.of(), seed));
  }

  private static double[] normalised(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  /** Each line: temperature, top-k, top-p, min-p, and the tokens' shares of what is left. */
  @ParameterizedTest
  @CsvSource({
    "1,  0, 1,    0,    0.05 0.4 0.25 0.2 0.1",
    "2,  0, 1,    0,    0.2236068 0.6324555 0.5 0.4472136 0.3162278",
    "1,  2, 1,    0,    0 0.4 0.25 0 0",
    "1,  5, 1,    0,    0.05 0.4 0.25 0.2 0.1",
    "1, 99, 1,    0,    0.05 0.4 0.25 0.2 0.1",
    "1,  0, 0.6,  0,    0 0.4 0.25 0 0",
    "1,  0, 0.7,  0,    0 0.4 0.25 0.2 0",
    "1,  0, 0.01, 0,    0 1 0 0 0",
    "1,  0, 1,    0.45, 0 0.4 0.25 0.2 0",
    "1,  0, 1,    1,    0 1 0 0 0",
    // Temperature before top-p: the three most likely have 0.298, 0.236 and 0.211.
    "2,  0, 0.6,  0,    0 0.6324555 0.5 0.4472136 0",
    // Top-k before top-p: of three tokens, the first two have 0.765.
    "1,  3, 0.7,  0,    0 0.4 0.25 0 0",
    // Temperature before min-p: the ratio 0.25 of the fifth is 0.5 at temperature 2.
    "2,  0, 1,    0.49, 0 0.6324555 0.5 0.4472136 0.3162278",
  })
  void filters(double temperature, int topK, double topP, double minP, String shares) {
    double[] expected = Arrays.stream(shares.split(" ")).mapToDouble(Double::parseDouble).toArray();
    assertArrayEquals(
        normalised(expected),
        normalised(sampler(temperature, topK, topP, minP, 1, 0).weights(logits())),
        1e-6);
  }

  @Test
  void tiesGoToLowerIds() {
    assertArrayEquals(
        new double[] {1, 0, 1, 0, 0},
        sampler(1, 2, 1, 0, 1, 0).weights(new float[] {7, -7, 7, 7, 7}));
    assertArrayEquals(
        new double[] {1, 0, 0, 0, 0},
        sampler(1, 1, 1, 0, 1, 0).weights(new float[] {-0f, 0, 0, -1, -2}));
    assertEquals(1, sampler(0, 0, 1, 0, 1, 0).next(NONE, new float[] {-9, 4, 4, 1, 4}));
  }

  @Test
  void repetitionPenaltyDividesPositiveLogitsAndMultipliesNegativeOnes() {
    float[] logits = {2, -1, 1.5f, -0.5f, 0};
    TokenSampler greedy = sampler(0, 0, 1, 0, 2, 0);
    assertEquals(2, greedy.next(new int[] {0, 1, 0}, logits));
    assertArrayEquals(new float[] {1, -2, 1.5f, -0.5f, 0}, logits);
    // Tokens count once, and stay penalised in the next step.
    assertEquals(3, greedy.next(new int[] {2}, new float[] {-0.4f, -1, -0.5f, -0.55f, -0.6f}));
    // Before temperature and top-k.
    assertArrayEquals(
        new double[] {1, 0, 0, 0, 0},
        sampler(0.5, 1, 1, 0, 1.5, 0).weights(new float[] {2, -1, 1.5f, -0.5f, 0}));
  }

  /** Ids drawn by the same algorithm written in Python. */
  @ParameterizedTest
  @CsvSource({"0,  3122211434111024", "1,  4211341432120221", "-5, 2212223321101311"})
  void aSeedFixesTheDraws(long seed, String expected) {
    TokenSampler sampler = sampler(1, 0, 1, 0, 1, seed);
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      found.append(sampler.next(NONE, logits()));
    }
    assertEquals(expected, found.toString());
  }

  /** Pearson's chi-square test; the bound is its 0.9999 quantile for 2 degrees of freedom. */
  @Test
  void drawsFollowTheFilteredDistribution() {
    TokenSampler sampler = sampler(1, 4, 0.9, 0.3, 1, 11);
    int[] counts = new int[P.length];
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(NONE, logits())]++;
    }
    double[] expected = {0, 0.4 / 0.85, 0.25 / 0.85, 0.2 / 0.85, 0};
    double statistic = 0;
    for (int i = 0; i < P.length; i++) {
      if (expected[i] == 0) {
        assertEquals(0, counts[i]);
      } else {
        double e = draws * expected[i];
        statistic += (counts[i] - e) * (counts[i] - e) / e;
      }
    }
    assertTrue(statistic < 18.42, "chi-square " + statistic);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void refusesLogitsThatAreNoNumbers(float value) {
    float[] logits = {1, value, 2, 3, 4};
    assertThrows(ModelException.class, () -> sampler(1, 0, 1, 0, 1, 0).next(NONE, logits));
  }
}
