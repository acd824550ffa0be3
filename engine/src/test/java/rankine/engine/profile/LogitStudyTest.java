package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.kernels.KvCache;

/** Compares the change of the final logits with direct formulas. */
class LogitStudyTest {
  private static double[] softmax(float[] logits) {
    double sum = 0;
    double[] p = new double[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp((double) logits[i]);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static double kl(float[] unedited, float[] edited) {
    double[] p = softmax(unedited);
    double[] q = softmax(edited);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] * Math.log(p[i] / q[i]);
    }
    return sum;
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /** Returns the logits token by token from a new session. */
  private static List<float[]> logits(LoadedModel loaded, int[] ids) {
    List<float[]> rows = new ArrayList<>();
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      for (int id : ids) {
        rows.add(session.logits(cache, new int[] {id}));
      }
    }
    return rows;
  }

  @Test
  void divergenceOfKnownDistributions() {
    float[] even = {0, 0};
    float[] skewed = {(float) Math.log(3), 0};
    // (1/2) ln((1/2)/(3/4)) + (1/2) ln((1/2)/(1/4)) = ln 2 - (1/2) ln 3
    assertEquals(Math.log(2) - 0.5 * Math.log(3), Divergence.kl(even, skewed), 1e-7);
    assertEquals(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), Divergence.kl(skewed, even), 1e-7);
    assertEquals(0, Divergence.kl(skewed, new float[] {skewed[0] + 5, 5}), 1e-7);
    assertEquals(0, Divergence.kl(skewed, skewed.clone()));
  }

  @Test
  void divergenceOfRandomLogits() {
    Random random = new Random(5);
    for (int n : new int[] {1, 2, 7, 1000}) {
      float[] a = new float[n];
      float[] b = new float[n];
      for (int i = 0; i < n; i++) {
        a[i] = (float) (10 * random.nextGaussian());
        b[i] = (float) (10 * random.nextGaussian());
      }
      double expected = kl(a, b);
      assertEquals(expected, Divergence.kl(a, b), 1e-9 * (1 + expected));
    }
    float[] far = {-3e38f, 3e38f, 0};
    assertEquals(0, Divergence.kl(far, far));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void everyPosition(String model) {
    try (LoadedModel loaded = Studies.open(model, "vector", 2)) {
      ProfileRequest request = Studies.untimed(1, "mlp", EditMethod.EXACT, "0.9");
      ModelEffect found = Studies.run(loaded, request).effects().getFirst();
      Edit edit = Edit.parse("1:mlp:0.9");
      LoadedModel edited = loaded.edited(request.scope().plan().withEdits(List.of(edit)));
      List<float[]> before = logits(loaded, Studies.IDS);
      List<float[]> after = logits(edited, Studies.IDS);
      double sum = 0;
      double max = 0;
      List<String> flips = new ArrayList<>();
      for (int t = 0; t < Studies.IDS.length; t++) {
        double kl = kl(before.get(t), after.get(t));
        sum += kl;
        max = Math.max(max, kl);
        int from = largest(before.get(t));
        int to = largest(after.get(t));
        if (from != to) {
          flips.add("%d %d %d %d".formatted(t, Studies.IDS[t], from, to));
        }
      }
      assertEquals(sum / Studies.IDS.length, found.meanKl(), 1e-9);
      assertEquals(max, found.maxKl(), 1e-9);
      assertTrue(max > 1e-4, "the edit has an effect: " + max);
      assertEquals(
          flips,
          found.flips().stream()
              .map(
                  f ->
                      "%d %d %d %d"
                          .formatted(f.position(), f.token().id(), f.from().id(), f.to().id()))
              .toList());
      assertEquals((double) flips.size() / Studies.IDS.length, found.flippedShare());
    }
  }

  @Test
  void spansThatShareAPrefix() {
    int[] ids = Studies.IDS;
    int[] other = {40, 41, 42};
    int[] second = Arrays.copyOf(ids, 8);
    System.arraycopy(other, 0, second, 5, 3);
    TextSpans tree = TextSpans.of("test", Arrays.copyOf(ids, 5), List.of(ids, second, other));
    Optional<PruningRate> rate = Optional.of(PruningRate.parse("0.95"));
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 1)) {
      LoadedModel edited =
          loaded.edited(
              Studies.plan(EditMethod.EXACT).withEdits(List.of(Edit.parse("-1:all:0.95"))));
      ModelEffect found =
          new LogitStudy(loaded, tree, Optional.empty()).of(rate, edited, Optional.empty());
      double sum = 0;
      int flipped = 0;
      int[][] sequences = {ids, second, other};
      int[] from = {0, 5, 0}; // the shared prefix counts once
      for (int s = 0; s < sequences.length; s++) {
        List<float[]> before = logits(loaded, sequences[s]);
        List<float[]> after = logits(edited, sequences[s]);
        for (int t = from[s]; t < sequences[s].length; t++) {
          sum += kl(before.get(t), after.get(t));
          flipped += largest(before.get(t)) != largest(after.get(t)) ? 1 : 0;
        }
      }
      assertEquals(ids.length + 6, found.positions());
      assertEquals(sum / (ids.length + 6), found.meanKl(), 1e-9);
      assertEquals(flipped, found.flips().size());
      assertTrue(flipped > 0);
      for (ArgmaxChange flip : found.flips()) {
        int[] sequence = flip.span() < 2 ? ids : sequences[flip.span() - 1];
        assertEquals(sequence[flip.position()], flip.token().id(), flip.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void rateZeroChangesNothing(String backend) {
    try (LoadedModel loaded = Studies.open("llama-bf16", backend, 2)) {
      ModelEffect found =
          Studies.run(loaded, Studies.untimed(-1, "all", EditMethod.EXACT, "0"))
              .effects()
              .getFirst();
      assertEquals(0, found.meanKl());
      assertEquals(0, found.maxKl());
      assertEquals(List.of(), found.flips());
    }
  }
}
