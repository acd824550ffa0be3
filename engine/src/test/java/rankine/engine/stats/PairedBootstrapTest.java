package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

class PairedBootstrapTest {
  private static PairedBootstrap of95(double[] first, double[] second, long seed) {
    return PairedBootstrap.of95(first, second, PairedBootstrap.DEFAULT_RESAMPLES, seed);
  }

  /** Six examples have 6⁶ equally likely resamples: few enough to list. */
  @Test
  void endsAreQuantilesOfAllResamples() {
    double[][] cases = {
      {1, 1, 0, 0, -1, 1}, // three values: drawn as multinomial counts
      {0, 0, 0, 0, 1, 0},
      {0.5, -0.25, 1, 0.125, 0, -1}, // more: drawn example by example
      {3, 3, -2, 0.5, 0.25, 0}
    };
    for (double[] differences : cases) {
      double[] all = everyMean(differences);
      for (int seed = 0; seed < 5; seed++) {
        PairedBootstrap bootstrap = of95(new double[6], differences, seed);
        // A quantile of 10,000 draws stays within ±0.6 percentage points (four standard errors).
        Interval interval = bootstrap.interval();
        String found = Arrays.toString(differences) + interval;
        assertTrue(quantile(all, 0.019) <= interval.lower(), found);
        assertTrue(interval.lower() <= quantile(all, 0.031), found);
        assertTrue(quantile(all, 0.969) <= interval.upper(), found);
        assertTrue(interval.upper() <= quantile(all, 0.981), found);
        assertEquals(Arrays.stream(differences).sum() / 6, bootstrap.difference(), 1e-15);
      }
    }
  }

  private static double[] everyMean(double[] differences) {
    double[] means = new double[46_656];
    for (int code = 0; code < means.length; code++) {
      double sum = 0;
      for (int rest = code, i = 0; i < 6; i++, rest /= 6) {
        sum += differences[rest % 6];
      }
      means[code] = sum / 6;
    }
    Arrays.sort(means);
    return means;
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) (share * sorted.length)];
  }

  /** Accuracies of 60 % and 66 %, correlated between the runs. */
  @Test
  void coversTheTrueDifferenceOfAccuracies() {
    Random random = new Random(21);
    double share =
        coverage(
            random,
            200,
            0.06,
            scores -> {
              double u = random.nextDouble();
              scores[0] = u < 0.6 ? 1 : 0;
              scores[1] = u < 0.5 || u >= 0.84 ? 1 : 0;
              return scores[1];
            });
    assertTrue(share > 0.91 && share < 0.985, "coverage " + share);
  }

  @Test
  void coversTheTrueDifferenceOfScores() {
    Random random = new Random(22);
    double share =
        coverage(
            random,
            80,
            0.5,
            scores -> {
              scores[0] = random.nextGaussian();
              scores[1] = 0.5 + 0.6 * scores[0] + 0.8 * random.nextGaussian();
              return scores[1];
            });
    assertTrue(share > 0.91 && share < 0.985, "coverage " + share);
  }

  /** Coverage over 400 data sets; its standard error is 1.1 percentage points. */
  private static double coverage(
      Random random, int n, double truth, ToDoubleFunction<double[]> drawPair) {
    int covered = 0;
    int sets = 400;
    for (int set = 0; set < sets; set++) {
      double[] first = new double[n];
      double[] second = new double[n];
      double[] pair = new double[2];
      for (int i = 0; i < n; i++) {
        second[i] = drawPair.applyAsDouble(pair);
        first[i] = pair[0];
      }
      Interval interval = PairedBootstrap.of95(first, second, 399, random.nextLong()).interval();
      if (interval.lower() <= truth && truth <= interval.upper()) {
        covered++;
      }
    }
    return (double) covered / sets;
  }

  /** With many examples the interval approaches the normal one: ±1.96 standard errors. */
  @Test
  void aHundredThousandExamples() {
    int n = 100_000;
    double[] first = new double[n];
    double[] second = new double[n];
    Random random = new Random(2);
    int gained = 0;
    int lost = 0;
    for (int i = 0; i < n; i++) {
      first[i] = random.nextInt(2);
      second[i] = random.nextInt(5) == 0 ? 1 - first[i] : first[i];
      gained += second[i] > first[i] ? 1 : 0;
      lost += second[i] < first[i] ? 1 : 0;
    }
    PairedBootstrap bootstrap = of95(first, second, 9);
    double difference = (double) (gained - lost) / n;
    double error = Math.sqrt(((double) (gained + lost) / n - difference * difference) / n);
    assertEquals(difference, bootstrap.difference());
    assertEquals(difference - 1.959964 * error, bootstrap.interval().lower(), 0.12 * error);
    assertEquals(difference + 1.959964 * error, bootstrap.interval().upper(), 0.12 * error);
  }

  @Test
  void resultDependsOnTheSeed() {
    double[] first = random(3, 40);
    double[] second = random(4, 40);
    PairedBootstrap once = PairedBootstrap.of95(first, second, 500, 1);
    assertEquals(once, PairedBootstrap.of95(first, second, 500, 1));
    assertNotEquals(once.interval(), PairedBootstrap.of95(first, second, 500, 2).interval());
  }

  @Test
  void swappingTheRunsNegates() {
    for (int seed = 0; seed < 20; seed++) {
      double[] first = random(seed, 30);
      double[] second = random(seed + 100, 30);
      if (seed % 2 == 0) {
        Arrays.setAll(first, i -> Math.round(first[i]));
        Arrays.setAll(second, i -> Math.round(second[i]));
      }
      PairedBootstrap one = PairedBootstrap.of95(first, second, 200, 7);
      PairedBootstrap other = PairedBootstrap.of95(second, first, 200, 7);
      if (one.difference() != 0) {
        assertEquals(one.difference(), -other.difference());
        assertEquals(one.interval().lower(), -other.interval().upper());
        assertEquals(one.interval().upper(), -other.interval().lower());
      }
    }
  }

  private static double[] random(int seed, int n) {
    return new Random(seed).doubles(n).toArray();
  }

  @Test
  void equalDifferencesHaveZeroWidth() {
    double[] first = random(1, 50);
    Interval none = of95(first, first, 1).interval();
    assertEquals(new Interval("percentile", 0.95, 0, 0), none);
    double[] ones = new double[50];
    Arrays.fill(ones, 0.1);
    for (PairedBootstrap same :
        new PairedBootstrap[] {
          of95(new double[50], ones, 1), of95(new double[] {0.25}, new double[] {1}, 1)
        }) {
      assertEquals(same.difference(), same.interval().lower());
      assertEquals(same.difference(), same.interval().upper());
    }
  }

  @Test
  void minimumResamplesGiveTheirExtremes() {
    Interval interval = PairedBootstrap.of95(new double[20], random(8, 20), 39, 1).interval();
    assertTrue(interval.lower() < interval.upper());
  }

  @Test
  void json() {
    assertEquals(
        "{\"n\":2,\"difference\":-1.0,\"interval\":{\"method\":\"percentile\",\"level\":0.95,"
            + "\"lower\":-1.0,\"upper\":-1.0},\"resamples\":10000,\"seed\":5}",
        of95(new double[] {1, 1}, new double[2], 5).toJson().toString());
  }

  @Test
  void rejectsInvalidInput() {
    double[] two = {1, 0};
    rejects("at least one example, found none", new double[0], new double[0], 100);
    rejects("as in the first, 2, found 1", two, new double[1], 100);
    rejects(
        "example 1: expected finite scores, found NaN and 0.0",
        new double[] {0, Double.NaN},
        two,
        100);
    rejects(
        "example 0: expected finite scores", two, new double[] {Double.POSITIVE_INFINITY, 0}, 100);
    rejects("finite sum", new double[] {-1e308, 0}, new double[] {1e308, 0}, 100);
    rejects("resamples: expected 39 to 10000000, found 38", two, two, 38);
    rejects("found 2147483647", two, two, Integer.MAX_VALUE);
  }

  private static void rejects(String expected, double[] first, double[] second, int resamples) {
    String message =
        assertThrows(RunException.class, () -> PairedBootstrap.of95(first, second, resamples, 1))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}
