package rankine.engine.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rankine.engine.calibration.LossAllocation.RankedMatrix;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

class LossAllocationTest {
  private static final double[] FLAT = {1, 1, 1, 1, 1, 1, 1, 1};
  private static final double[] STEEP = {128, 64, 32, 16, 8, 4, 2, 1};

  private static long parameters(List<RankedMatrix> matrices, List<Integer> ranks) {
    return IntStream.range(0, ranks.size())
        .mapToLong(i -> ranks.get(i) * matrices.get(i).cost())
        .sum();
  }

  @Test
  void ranksGoWhereTheErrorFallsMost() {
    List<RankedMatrix> matrices =
        List.of(
            new RankedMatrix(32, 8, 4, 1, FLAT), // factors are smaller up to rank 6
            new RankedMatrix(32, 8, 4, 1, STEEP));
    // Both keep half. The steep one's third and fourth have shares 32/255 and 16/255; the flat
    // one's all have 1/8, first in the order of matrices only where equal.
    assertEquals(List.of(5, 3), LossAllocation.ranks(matrices));
    assertEquals(2, matrices.getFirst().least());
    assertEquals(6, matrices.getFirst().most());
  }

  @Test
  void equalMatricesKeepTheUniformRank() {
    RankedMatrix matrix = new RankedMatrix(8, 8, 3, 1, STEEP);
    assertEquals(List.of(3, 3), LossAllocation.ranks(List.of(matrix, matrix)));
    RankedMatrix zero = new RankedMatrix(8, 8, 3, 1, new double[8]);
    assertEquals(List.of(4, 2), LossAllocation.ranks(List.of(matrix, zero)));
  }

  @Test
  void randomSpectra() {
    Random random = new Random(5);
    for (int trial = 0; trial < 200; trial++) {
      int multiple = 1 + random.nextInt(3);
      ParameterRatio ratio = ParameterRatio.parse("0.%dx%d".formatted(random.nextInt(9) + 1, 1));
      List<RankedMatrix> matrices = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int m = 16 + random.nextInt(40);
        int n = 16 + random.nextInt(40);
        double decay = random.nextDouble();
        double[] spectrum =
            IntStream.range(0, Math.min(m, n)).mapToDouble(k -> Math.pow(decay, k)).toArray();
        matrices.add(
            new RankedMatrix(
                m, n, new ParameterRatio(ratio.ratio(), multiple).rank(m, n), multiple, spectrum));
      }
      List<Integer> ranks = LossAllocation.ranks(matrices);
      List<Integer> uniform = matrices.stream().map(RankedMatrix::uniform).toList();
      assertTrue(parameters(matrices, ranks) <= parameters(matrices, uniform));
      assertTrue(
          LossAllocation.squaredError(matrices, ranks)
              <= LossAllocation.squaredError(matrices, uniform));
      for (int i = 0; i < ranks.size(); i++) {
        assertTrue(2 * ranks.get(i) >= uniform.get(i));
        assertTrue(ranks.get(i) <= matrices.get(i).most());
      }
      assertEquals(ranks, LossAllocation.ranks(matrices));
    }
  }

  /** A whole model: as much is removed, and the errors that the pass reports fall in sum. */
  @Test
  void stories() {
    BackendOptions options = new BackendOptions("vector", 0, 2, false);
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), options)) {
      EditPlan uniform =
          new EditPlan(
                  List.of(),
                  EditMethod.WHITENED,
                  FactoredMode.AUTO,
                  SketchOptions.standard(0),
                  Optional.of(
                      Calibration.of(
                          TestData.text("stories-calibration.txt"),
                          64,
                          8,
                          Calibration.Sequential.BLOCK,
                          0.5)))
              .withRatio(ParameterRatio.parse("0.4"), Set.of(1), 5);
      Map<String, Integer> ranks = new LinkedHashMap<>();
      Map<String, Double> errors = new LinkedHashMap<>();
      EditPlan loss =
          loaded.allocated(
              uniform,
              (name, rank, error, done, total) -> {
                ranks.put(name, rank);
                errors.put(name, error.orElseThrow());
              });
      assertEquals(28, ranks.size()); // seven matrices of four layers
      assertEquals(28, loss.edits().size());
      assertTrue(loss.edits().stream().noneMatch(edit -> edit.layer() == 1));
      double before = uniform.removed(loaded.original()).orElseThrow();
      double after = loss.removed(loaded.original()).orElseThrow();
      assertTrue(after >= before);
      // 64 + 172 parameters of a rank, of 225,280 in all
      assertEquals(before, after, 236.0 / 225_280);
      assertNotEquals(
          List.copyOf(ranks.values()),
          loss.edits().stream().map(edit -> edit.removal().rank(64, 64)).toList());

      double uniformSum = errors.values().stream().mapToDouble(error -> error * error).sum();
      List<Double> found = new ArrayList<>();
      loaded.allocated(loss, (name, rank, error, done, total) -> found.add(error.orElseThrow()));
      double lossSum = found.stream().mapToDouble(error -> error * error).sum();
      assertTrue(lossSum < uniformSum, lossSum + " against " + uniformSum);
    }
  }
}
