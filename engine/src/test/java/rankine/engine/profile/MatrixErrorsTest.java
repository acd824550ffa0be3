package rankine.engine.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.run.LoadedModel;
import rankine.kernels.DType;

/** Compares errors of matrices and of their outputs with Commons Math and direct sums. */
class MatrixErrorsTest {

  /** Returns a tensor in its stored layout. */
  private static RealMatrix stored(TestCheckpoint.TestTensor tensor) {
    int rows = tensor.shape().get(0).intValue();
    int cols = tensor.shape().get(1).intValue();
    double[][] values = new double[rows][cols];
    for (int i = 0; i < rows * cols; i++) {
      values[i / cols][i % cols] = tensor.values()[i];
    }
    return new Array2DRowRealMatrix(values, false);
  }

  private static RealMatrix weight(String model, String module) {
    Map<String, TestCheckpoint.TestTensor> t = TestCheckpoint.golden(model).tensors;
    String gpt2 = t.containsKey("h.1.mlp.c_fc.weight") ? "h.1." : "transformer.h.1.";
    return switch (model + " " + module) {
      case "gpt2-f32 k_proj" ->
          stored(t.get(gpt2 + "attn.c_attn.weight")).getSubMatrix(0, 47, 48, 95).transpose();
      case "gpt2-f32 fc_in" -> stored(t.get(gpt2 + "mlp.c_fc.weight")).transpose();
      case "gptj-f16 fc_out" -> stored(t.get("transformer.h.1.mlp.fc_out.weight"));
      case "llama-bf16 fc_up" -> stored(t.get("model.layers.1.mlp.up_proj.weight"));
      case "llama-bf16 v_proj" -> stored(t.get("model.layers.1.self_attn.v_proj.weight"));
      default -> throw new IllegalArgumentException(module);
    };
  }

  private static RealMatrix truncated(RealMatrix w, int rank) {
    SingularValueDecomposition svd = new SingularValueDecomposition(w);
    int last = rank - 1;
    return svd.getU()
        .getSubMatrix(0, w.getRowDimension() - 1, 0, last)
        .multiply(svd.getS().getSubMatrix(0, last, 0, last))
        .multiply(svd.getVT().getSubMatrix(0, last, 0, w.getColumnDimension() - 1));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32,k_proj",
    "gpt2-f32,fc_in",
    "gptj-f16,fc_out",
    "llama-bf16,fc_up",
    "llama-bf16,v_proj"
  })
  void lowRank(String model, String module) {
    RealMatrix w = weight(model, module);
    int full = Math.min(w.getRowDimension(), w.getColumnDimension());
    String name = "1." + module;
    try (LoadedModel loaded = Studies.open(model, "vector", 2)) {
      RealMatrix x =
          new Array2DRowRealMatrix(Studies.inputs(loaded, Studies.text(), name).get(name));
      RealMatrix y = x.multiply(w.transpose());
      MatrixProfile found =
          Studies.run(loaded, Studies.untimed(1, module, EditMethod.EXACT, "0.25", "0.75"))
              .matrices()
              .getFirst();
      assertEquals(name, found.name());
      for (MatrixProfile.AtRate at : found.rates()) {
        PruningRate rate = (PruningRate) at.removal();
        int rank = (int) (full * (1 - rate.value().doubleValue()));
        assertEquals(rank, at.rank().orElseThrow());
        RealMatrix truncated = truncated(w, rank);
        double error = w.subtract(truncated).getFrobeniusNorm() / w.getFrobeniusNorm();
        assertEquals(error, at.relativeError(), 1e-5);
        assertEquals(
            Math.pow(truncated.getFrobeniusNorm() / w.getFrobeniusNorm(), 2), at.energy(), 1e-5);
        double output =
            y.subtract(x.multiply(truncated.transpose())).getFrobeniusNorm() / y.getFrobeniusNorm();
        assertEquals(output, at.output().dense().orElseThrow(), 1e-5);
        assertEquals(output, at.output().factored().orElseThrow(), 1e-5);
        double difference = at.output().difference().orElseThrow();
        assertTrue(difference > 0 && difference < 1e-5, "dense against factored " + difference);
        assertEquals(DType.F32, at.denseType().orElseThrow());
        assertEquals(
            rank * (w.getRowDimension() + w.getColumnDimension())
                < w.getRowDimension() * w.getColumnDimension(),
            at.autoFactored());
      }
    }
  }

  @Test
  void ratesZeroAndNearlyOne() {
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 1)) {
      MatrixProfile found =
          Studies.run(loaded, Studies.untimed(2, "fc_in", EditMethod.EXACT, "0", "0.999"))
              .matrices()
              .getFirst();
      MatrixProfile.AtRate none = found.rates().get(0);
      assertEquals(64, none.rank().orElseThrow());
      assertEquals(0, none.relativeError());
      assertEquals(1, none.energy());
      assertEquals(OutputError.NONE, none.output());
      assertEquals(DType.F16, none.denseType().orElseThrow());
      MatrixProfile.AtRate all = found.rates().get(1);
      assertEquals(0, all.rank().orElseThrow());
      assertEquals(1, all.relativeError());
      assertEquals(0, all.energy());
      assertEquals(1, all.output().factored().orElseThrow());
      assertTrue(all.output().dense().isEmpty());
    }
  }

  @Test
  void magnitudeKeepsTheStoredTypeAndHasNoFactors() {
    RealMatrix w = weight("gptj-f16", "fc_out");
    double[] squares = new double[w.getRowDimension() * w.getColumnDimension()];
    for (int i = 0; i < squares.length; i++) {
      double element = w.getEntry(i / w.getColumnDimension(), i % w.getColumnDimension());
      squares[i] = element * element;
    }
    Arrays.sort(squares);
    double removed = Arrays.stream(squares, 0, squares.length / 2).sum();
    double all = Arrays.stream(squares).sum();
    try (LoadedModel loaded = Studies.open("gptj-f16", "vector", 1)) {
      MatrixProfile.AtRate found =
          Studies.run(loaded, Studies.untimed(1, "fc_out", EditMethod.MAGNITUDE, "0.5"))
              .matrices()
              .getFirst()
              .rates()
              .getFirst();
      assertEquals(Math.sqrt(removed / all), found.relativeError(), 1e-9);
      assertEquals(1 - removed / all, found.energy(), 1e-9);
      assertTrue(found.rank().isEmpty() && found.factoredType().isEmpty());
      assertEquals(DType.F16, found.denseType().orElseThrow());
      assertFalse(found.autoFactored());
    }
  }
}
