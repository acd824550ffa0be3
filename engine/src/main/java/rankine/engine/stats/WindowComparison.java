package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import rankine.common.RunException;

/**
 * A paired comparison of two runs on the windows of one text. The first is the baseline, such as
 * the unpruned model; differences are the second minus the first, so a negative one is better.
 *
 * @param scored number of scored tokens
 * @param first mean negative log-likelihood of a token in the first run
 * @param second the same in the second run
 * @param bootstrap of the difference of the means, resampling whole windows, both runs together
 * @param test of the windows' differences
 */
public record WindowComparison(
    int scored, double first, double second, RatioBootstrap bootstrap, SignFlipTest test)
    implements RunComparison {

  /**
   * Compares two runs.
   *
   * @param first the first run's negative log-likelihood of each window
   * @param second the second run's, of the same windows in the same order
   * @param scored tokens of each window
   * @param seed of bootstrap and test
   * @throws RunException if there are no windows, or the lengths differ
   */
  public static WindowComparison of(double[] first, double[] second, int[] scored, long seed) {
    double[] differences = differences(first, second);
    double[] tokens = Arrays.stream(scored).asDoubleStream().toArray();
    int all = Arrays.stream(scored).sum();
    return new WindowComparison(
        all,
        Arrays.stream(first).sum() / all,
        Arrays.stream(second).sum() / all,
        RatioBootstrap.of95(differences, tokens, seed),
        SignFlipTest.of(differences, seed));
  }

  /** Returns the p-value of {@link #of} alone, without a bootstrap. */
  public static double pValue(double[] first, double[] second, long seed) {
    return SignFlipTest.of(differences(first, second), seed).pValue();
  }

  private static double[] differences(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new RunException(
          "comparison: expected as many windows in the second run as in the first, %d, found %d"
              .formatted(first.length, second.length));
    }
    double[] differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = second[i] - first[i];
    }
    return differences;
  }

  @Override
  public int n() {
    return bootstrap.blocks();
  }

  /** Returns the difference of the mean negative log-likelihoods; negative: second is better. */
  public double difference() {
    return second - first;
  }

  @Override
  public boolean secondIsBetter() {
    return difference() < 0;
  }

  @Override
  public double pValue() {
    return test.pValue();
  }

  @Override
  public Interval interval() {
    Interval nll = bootstrap.interval();
    return new Interval(nll.method(), nll.level(), 0 - nll.upper(), 0 - nll.lower());
  }

  /**
   * Keys {@code windows}, {@code scored}, {@code first_nll_per_token}, {@code
   * second_nll_per_token}, {@code difference}, {@code sign_flip}, {@code bootstrap}.
   */
  @Override
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("windows", n()).put("scored", scored);
    json.put("first_nll_per_token", first).put("second_nll_per_token", second);
    json.put("difference", difference());
    json.set("sign_flip", test.toJson());
    json.set("bootstrap", bootstrap.toJson());
    return json;
  }
}
