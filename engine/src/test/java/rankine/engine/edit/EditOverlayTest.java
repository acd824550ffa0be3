package rankine.engine.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.EditException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Removal;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

class EditOverlayTest {
  private static final int[] PROMPT = {5, 17, 3, 44, 8, 2, 61, 30, 9};

  @ParameterizedTest
  @ValueSource(strings = {"26:mlp:0.95", "-1:attn:0", "0:q_proj:0.995", "3:ALL:0.5"})
  void parsesEdits(String text) {
    assertEquals(text.toLowerCase(java.util.Locale.ROOT), Edit.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "26",
        "26:mlp",
        "26:mlp:1",
        "26:mlp:-0.1",
        "26:mlp:NaN",
        "-2:mlp:0.5",
        "x:mlp:0.5",
        "26:mpl:0.5",
        "26:mlp:0,5",
        "26:mlp:0.5:1",
        "99999999999:mlp:0.5",
        "1:mlp:1e-3"
      })
  void refusesInvalidEdits(String text) {
    RuntimeException e = assertThrows(EditException.class, () -> Edit.parse(text));
    assertTrue(e.getMessage().contains("expected"), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void magnitudeZeroesTheSmallestElements() {
    Random random = new Random(3);
    for (DType dtype : DType.values()) {
      for (boolean transposed : new boolean[] {false, true}) {
        Matrix w = random(random, dtype, 13, 21, transposed);
        float[] before = values(w);
        for (String rate : List.of("0.001", "0.1", "0.5", "0.95", "0.999")) {
          int removed = (int) Math.floor(Double.parseDouble(rate) * before.length + 1e-9);
          Matrix edited =
              ((Replacement.Dense) new MagnitudeEditor().edit("w", w, PruningRate.parse(rate))).w();
          float[] after = values(edited);
          assertEquals(transposed, !edited.rowContiguous());
          float[] magnitudes = new float[before.length];
          for (int i = 0; i < before.length; i++) {
            magnitudes[i] = Math.abs(before[i]);
          }
          Arrays.sort(magnitudes);
          int zeros = 0;
          for (int i = 0; i < before.length; i++) {
            if (after[i] == 0 && before[i] != 0) {
              zeros++;
              assertTrue(Math.abs(before[i]) <= magnitudes[removed - 1], "zeroed a larger element");
            } else {
              assertEquals(before[i], after[i], "other elements are unchanged");
            }
          }
          assertEquals(removed, zeros, dtype + " " + rate);
          assertArrayEquals(before, values(w), "the original is unchanged");
        }
      }
    }
  }

  @Test
  void magnitudeTiesGoInRowMajorOrder() {
    Matrix w = Matrix.of(new float[] {1, -1, 1, -1, 1, 2}, 2, 3);
    Matrix edited =
        ((Replacement.Dense) new MagnitudeEditor().edit("w", w, PruningRate.parse("0.5"))).w();
    assertArrayEquals(new float[] {0, 0, 0, -1, 1, 2}, values(edited));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void overlaySharesUnchangedOperations(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = CpuBackend.vector(1)) {
      Model model = Architectures.load(checkpoint, backend);
      float[] plain = logits(model, backend);
      Model none = EditOverlay.apply(model, edits("-1:all:0"), new MagnitudeEditor(), backend);
      assertArrayEquals(plain, logits(none, backend), "rate 0 is the original, bit for bit");
      Model edited = EditOverlay.apply(model, edits("1:mlp:0.5"), new MagnitudeEditor(), backend);
      for (int layer = 0; layer < model.layers().size(); layer++) {
        List<Op> before = model.layers().get(layer);
        List<Op> after = edited.layers().get(layer);
        for (int i = 0; i < before.size(); i++) {
          boolean mlp = before.get(i) instanceof Op.Linear l && l.name().startsWith("1.fc_");
          if (!mlp) {
            assertSame(before.get(i), after.get(i));
          }
        }
      }
      assertFalse(Arrays.equals(plain, logits(edited, backend)), "an edit has an effect");
      assertArrayEquals(plain, logits(model, backend), "the original is unchanged");
    }
  }

  /** Zero factors and a dense zero matrix give the same logits. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void zeroFactorsEqualADenseZeroMatrix(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = CpuBackend.scalar(1)) {
      Model model = Architectures.load(checkpoint, backend);
      int last = model.layers().size() - 1;
      List<Edit> edits = edits(last + ":all:0.5", "0:out_proj:0.9");
      MatrixEditor dense =
          (matrix, w, rate) ->
              new Replacement.Dense(Matrix.of(new float[w.rows() * w.cols()], w.rows(), w.cols()));
      float[] factored =
          logits(EditOverlay.apply(model, edits, new ZeroEditor(), backend), backend);
      float[] zeroMatrix = logits(EditOverlay.apply(model, edits, dense, backend), backend);
      assertArrayEquals(zeroMatrix, factored);
    }
  }

  @Test
  void refusesEditsThatDoNotFitTheModel() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        Backend backend = CpuBackend.scalar(1)) {
      Model model = Architectures.load(checkpoint, backend);
      MatrixEditor zero = new ZeroEditor();
      assertMessage(
          "edit 4:mlp:0.5: layer: expected -1 to 3, found 4",
          () -> EditOverlay.apply(model, edits("4:mlp:0.5"), zero, backend));
      assertMessage(
          "edit 0:fc_up:0.5: module: expected one of q_proj, k_proj, v_proj, out_proj, fc_in,"
              + " fc_out, found fc_up",
          () -> EditOverlay.apply(model, edits("0:fc_up:0.5"), zero, backend));
      assertMessage(
          "edit: expected each matrix once, found 2.fc_in in -1:fc_in:0.5 and 2:mlp:0.9",
          () -> EditOverlay.apply(model, edits("-1:fc_in:0.5", "2:mlp:0.9"), zero, backend));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "llama-bf16"})
  void lowRankEditsAreOptimal(String name) {
    assertLowRankEditsAreOptimal(name);
  }

  @Tag("thorough")
  @Test
  void lowRankEditsOfGptJAreOptimal() {
    assertLowRankEditsAreOptimal("gptj-f16");
  }

  /** Compares with the float64 SVD of Commons Math. */
  private static void assertLowRankEditsAreOptimal(String name) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      Decompositions decompositions = new Decompositions(backend, FactorCache.none());
      for (String edit : List.of("1:mlp:0.5", "-1:attn:0.9", "2:all:0.75")) {
        List<Edit> edits = edits(edit);
        MatrixEditor reference = (matrix, w, rate) -> new Replacement.Dense(bestOfRank(w, rate));
        float[] expected = logits(EditOverlay.apply(model, edits, reference, backend), backend);
        for (FactoredMode factored : FactoredMode.values()) {
          EditPlan plan = new EditPlan(edits, EditMethod.EXACT, factored, 0);
          Model edited =
              EditOverlay.apply(model, edits, MatrixEditor.of(plan, decompositions), backend);
          assertClose(expected, logits(edited, backend), 1e-4, edit + " " + factored);
        }
      }
    }
  }

  private static Matrix bestOfRank(Matrix w, Removal rate) {
    double[][] rows = new double[w.rows()][w.cols()];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        rows[r][c] = w.get(r, c);
      }
    }
    SingularValueDecomposition svd =
        new SingularValueDecomposition(new Array2DRowRealMatrix(rows, false));
    int rank =
        BigDecimal.ONE
            .subtract(((PruningRate) rate).value())
            .multiply(BigDecimal.valueOf(Math.min(w.rows(), w.cols())))
            .intValue();
    double[][] u = svd.getU().getData();
    double[] s = svd.getSingularValues();
    double[][] v = svd.getV().getData();
    float[] best = new float[w.rows() * w.cols()];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += u[r][k] * s[k] * v[c][k];
        }
        best[r * w.cols() + c] = (float) sum;
      }
    }
    return Matrix.of(best, w.rows(), w.cols());
  }

  /** At nearly full rank, the randomized method is the exact one. */
  @Test
  void randomizedEditsDependOnTheSeed() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        Backend backend = CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      List<Edit> edits = edits("1:mlp:0.75");
      float[] first = randomized(model, backend, edits, 7);
      assertArrayEquals(first, randomized(model, backend, edits, 7), "the same seed");
      assertFalse(Arrays.equals(first, randomized(model, backend, edits, 8)), "another seed");
      List<Edit> nearlyAll = edits("1:mlp:0.001");
      EditPlan exact = new EditPlan(nearlyAll, EditMethod.EXACT, FactoredMode.AUTO, 0);
      Model best =
          EditOverlay.apply(
              model,
              nearlyAll,
              MatrixEditor.of(exact, new Decompositions(backend, FactorCache.none())),
              backend);
      assertArrayEquals(logits(best, backend), randomized(model, backend, nearlyAll, 7));
    }
  }

  @Test
  void sketchOptionsOverrideThePreset() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        Backend backend = CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      List<Edit> edits = edits("1:mlp:0.75");
      float[] paper = sketched(model, backend, edits, SketchOptions.Preset.PAPER, -1, -1);
      float[] standard = sketched(model, backend, edits, SketchOptions.Preset.STANDARD, -1, -1);
      assertFalse(Arrays.equals(paper, standard));
      assertArrayEquals(
          paper,
          sketched(model, backend, edits, SketchOptions.Preset.STANDARD, 0, 2),
          "the parameters of the paper");
      // The standard preset at rank 16: oversampling 10, three iterations.
      assertArrayEquals(
          standard, sketched(model, backend, edits, SketchOptions.Preset.PAPER, 10, 3));
      assertArrayEquals(standard, randomized(model, backend, edits, 7));
    }
  }

  /**
   * A rate of several cuts the sketch of the smallest; that rate itself has the bits of its own.
   */
  @Test
  void ratesShareASketch() {
    try (Backend backend = CpuBackend.vector(1)) {
      Matrix w = random(new Random(5), DType.F32, 48, 80, false);
      EditPlan alone = new EditPlan(List.of(), EditMethod.RANDOMIZED, FactoredMode.ALWAYS, 7);
      EditPlan shared = alone.withSharedSketch(PruningRate.parse("0.75"));
      Decompositions decompositions = new Decompositions(backend, FactorCache.none());
      Replacement.FactorPair largest = factors(alone, decompositions, w, "0.75");
      Replacement.FactorPair same = factors(shared, decompositions, w, "0.75");
      Replacement.FactorPair cut = factors(shared, decompositions, w, "0.9");
      assertEquals(12, largest.left().cols());
      assertEquals(4, cut.left().cols());
      for (int k = 0; k < largest.left().cols(); k++) {
        for (int r = 0; r < w.rows(); r++) {
          assertEquals(largest.left().get(r, k), same.left().get(r, k));
          if (k < cut.left().cols()) {
            assertEquals(largest.left().get(r, k), cut.left().get(r, k));
          }
        }
      }
      EditPlan wide = alone.withSharedSketch(PruningRate.parse("0.1"));
      EditPlan exact = new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.ALWAYS, 0);
      Replacement.FactorPair expected = factors(exact, decompositions, w, "0.9");
      Replacement.FactorPair found = factors(wide, decompositions, w, "0.9");
      for (int r = 0; r < w.rows(); r++) {
        assertEquals(expected.left().get(r, 0), found.left().get(r, 0), "the exact one serves 0.1");
      }
    }
  }

  private static Replacement.FactorPair factors(
      EditPlan plan, Decompositions decompositions, Matrix w, String rate) {
    return (Replacement.FactorPair)
        MatrixEditor.of(plan, decompositions).edit("w", w, PruningRate.parse(rate));
  }

  private static float[] sketched(
      Model model,
      Backend backend,
      List<Edit> edits,
      SketchOptions.Preset preset,
      int oversampling,
      int powerIterations) {
    SketchOptions sketch =
        new SketchOptions(
            preset,
            oversampling < 0 ? OptionalInt.empty() : OptionalInt.of(oversampling),
            powerIterations < 0 ? OptionalInt.empty() : OptionalInt.of(powerIterations),
            7);
    EditPlan plan = new EditPlan(edits, EditMethod.RANDOMIZED, FactoredMode.AUTO, sketch);
    MatrixEditor editor = MatrixEditor.of(plan, new Decompositions(backend, FactorCache.none()));
    return logits(EditOverlay.apply(model, edits, editor, backend), backend);
  }

  private static float[] randomized(Model model, Backend backend, List<Edit> edits, long seed) {
    EditPlan plan = new EditPlan(edits, EditMethod.RANDOMIZED, FactoredMode.AUTO, seed);
    MatrixEditor editor = MatrixEditor.of(plan, new Decompositions(backend, FactorCache.none()));
    return logits(EditOverlay.apply(model, edits, editor, backend), backend);
  }

  private static void assertClose(
      float[] expected, float[] found, double tolerance, String message) {
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], found[i], allowed, message + ", logit " + i);
    }
  }

  private static void assertMessage(
      String expected, org.junit.jupiter.api.function.Executable executable) {
    assertEquals(expected, assertThrows(EditException.class, executable).getMessage());
  }

  private static List<Edit> edits(String... texts) {
    return Arrays.stream(texts).map(Edit::parse).toList();
  }

  private static float[] logits(Model model, Backend backend) {
    try (Session session = new Session(model, backend);
        KvCache cache = session.sequence()) {
      return session.logits(cache, PROMPT);
    }
  }

  private static Matrix random(Random random, DType dtype, int rows, int cols, boolean transposed) {
    byte[] bytes = new byte[rows * cols * dtype.bytes()];
    MemorySegment data = MemorySegment.ofArray(bytes);
    for (int i = 0; i < rows * cols; i++) {
      float value = (float) random.nextGaussian();
      switch (dtype) {
        case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, value);
        case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(value));
        case BF16 ->
            data.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                2L * i,
                (short) (Float.floatToIntBits(value) >>> 16));
      }
    }
    return transposed
        ? Matrix.rowMajor(data, dtype, cols, rows).transposed()
        : Matrix.rowMajor(data, dtype, rows, cols);
  }

  private static float[] values(Matrix w) {
    float[] values = new float[w.rows() * w.cols()];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        values[r * w.cols() + c] = w.get(r, c);
      }
    }
    return values;
  }
}
