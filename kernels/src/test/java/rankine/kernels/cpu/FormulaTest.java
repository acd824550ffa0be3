package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Activations;
import rankine.kernels.AttentionScores;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/** Operations of both CPU backends against their formulas, written out in float64. */
class FormulaTest {
  private static final int ROWS = 5;
  private static final int HEADS = 3;

  private static CpuBackend backend(String name) {
    return name.equals("scalar") ? CpuBackend.scalar(1) : CpuBackend.vector(2);
  }

  /** Runs operations on {@code x} and {@code y}; returns the rows of {@code out}. */
  private static float[][] run(
      CpuBackend backend, float[][] x, float[][] y, Slot sx, Slot sy, Slot out, Op... ops) {
    try (Activations activations = backend.activations(List.of(sx, sy, out), ROWS, 1);
        KvCache cache = backend.cache(new KvShape(0, 1, 1, ROWS))) {
      fill((CpuActivations) activations, sx, x);
      fill((CpuActivations) activations, sy, y);
      Batch batch = new Batch(List.of(new Batch.Sequence(cache, new int[ROWS])), new int[0]);
      backend.run(List.of(ops), activations, batch);
      float[][] found = new float[ROWS][out.width()];
      for (int t = 0; t < ROWS; t++) {
        backend.read(activations, out, t, found[t]);
      }
      return found;
    }
  }

  private static void fill(CpuActivations activations, Slot slot, float[][] values) {
    ActivationRows rows = activations.get(slot);
    for (int t = 0; t < ROWS; t++) {
      System.arraycopy(values[t], 0, rows.data(), rows.at(t), rows.width());
    }
  }

  private static float[][] random(Random random, int width) {
    float[][] values = new float[ROWS][];
    for (int t = 0; t < ROWS; t++) {
      values[t] = RandomRows.floats(random, width);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void normOfEachHead(String name) {
    Random random = new Random(1);
    try (CpuBackend backend = backend(name)) {
      for (int headDim : new int[] {1, 2, 8, 12, 13, 16, 40, 80, 96, 128}) {
        Slot x = Slot.tokens("x", HEADS * headDim);
        Slot out = Slot.tokens("out", HEADS * headDim);
        float[][] given = random(random, x.width());
        float[] scale = RandomRows.floats(random, headDim);
        var weight = backend.vector(Matrix.of(scale, 1, headDim));
        for (Slot to : List.of(out, x)) {
          float[][] found =
              run(backend, given, given, x, out, to, new Op.RmsNorm(x, weight, 1e-6f, HEADS, to));
          for (int t = 0; t < ROWS; t++) {
            for (int h = 0; h < HEADS; h++) {
              double squares = 0;
              for (int d = 0; d < headDim; d++) {
                squares += Math.pow(given[t][h * headDim + d], 2);
              }
              double root = Math.sqrt(squares / headDim + 1e-6);
              for (int d = 0; d < headDim; d++) {
                double expected = given[t][h * headDim + d] / root * scale[d];
                assertEquals(expected, found[t][h * headDim + d], 1e-5, "headDim " + headDim);
              }
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void layerNormWithAndWithoutShift(String name) {
    Random random = new Random(2);
    try (CpuBackend backend = backend(name)) {
      for (int width : new int[] {2, 13, 16, 40, 96}) {
        Slot x = Slot.tokens("x", width);
        Slot out = Slot.tokens("out", width);
        float[][] given = random(random, width);
        float[] scale = RandomRows.floats(random, width);
        float[] shift = RandomRows.floats(random, width);
        var scaleWeight = backend.vector(Matrix.of(scale, 1, width));
        var shiftWeight = backend.vector(Matrix.of(shift, 1, width));
        for (boolean shifted : new boolean[] {false, true}) {
          Op norm =
              new Op.LayerNorm(
                  x,
                  scaleWeight,
                  shifted ? Optional.of(shiftWeight) : Optional.empty(),
                  1e-5f,
                  out);
          float[][] found = run(backend, given, given, x, out, out, norm);
          for (int t = 0; t < ROWS; t++) {
            double mean = 0;
            double variance = 0;
            for (float v : given[t]) {
              mean += v / (double) width;
            }
            for (float v : given[t]) {
              variance += (v - mean) * (v - mean) / width;
            }
            for (int i = 0; i < width; i++) {
              double normed = (given[t][i] - mean) / Math.sqrt(variance + 1e-5) * scale[i];
              double expected = shifted ? normed + shift[i] : normed;
              double tolerance = 2e-5 * Math.max(1, Math.abs(expected));
              assertEquals(expected, found[t][i], tolerance, "width " + width);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void activationsAndScales(String name) {
    Random random = new Random(3);
    try (CpuBackend backend = backend(name)) {
      for (int width : new int[] {1, 8, 13, 16, 40, 96, 131}) {
        Slot x = Slot.tokens("x", width);
        Slot y = Slot.tokens("y", width);
        float[][] a = random(random, width);
        float[][] b = random(random, width);
        for (float[] row : a) {
          for (int i = 0; i < width; i++) {
            row[i] *= 4; // reaches the tails of all functions
          }
        }
        for (ActivationFunction function : ActivationFunction.values()) {
          float[][] plain = run(backend, a, b, x, y, x, new Op.Activation(x, function));
          float[][] gated = run(backend, a, b, x, y, x, new Op.GatedActivation(x, function, y));
          for (int t = 0; t < ROWS; t++) {
            for (int i = 0; i < width; i++) {
              double expected = formula(function).applyAsDouble(a[t][i]);
              assertEquals(expected, plain[t][i], 2e-6, function + " " + a[t][i]);
              assertEquals(expected * b[t][i], gated[t][i], 1e-5, function + " " + a[t][i]);
            }
          }
        }
        float[][] scaled = run(backend, a, b, x, y, x, new Op.Scale(x, 2.3f));
        float[][] capped = run(backend, a, b, x, y, x, new Op.SoftCap(x, 2.5f));
        float[][] added = run(backend, a, b, x, y, x, new Op.Add(y, x));
        for (int t = 0; t < ROWS; t++) {
          for (int i = 0; i < width; i++) {
            assertEquals(a[t][i] * 2.3f, scaled[t][i]);
            assertEquals(2.5 * Math.tanh(a[t][i] / 2.5), capped[t][i], 1e-6);
            assertEquals(a[t][i] + b[t][i], added[t][i]);
          }
        }
      }
    }
  }

  private static DoubleUnaryOperator formula(ActivationFunction function) {
    return switch (function) {
      case SILU -> x -> x / (1 + Math.exp(-x));
      case GELU_TANH ->
          x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case GELU_ERF -> x -> x * normalCdf(x);
      case RELU -> x -> Math.max(x, 0);
    };
  }

  /** The standard normal distribution function by Simpson's rule: an independent way to erf. */
  private static double normalCdf(double x) {
    int steps = 400;
    double h = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-0.5 * i * h * i * h);
    }
    return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void attentionWithWindowAndSoftCap(String name) {
    Random random = new Random(4);
    int tokens = 150;
    int headDim = 12;
    Slot q = Slot.tokens("q", 4 * headDim);
    Slot k = Slot.tokens("k", 2 * headDim);
    Slot v = Slot.tokens("v", 2 * headDim);
    Slot out = Slot.tokens("out", 4 * headDim);
    try (CpuBackend backend = backend(name)) {
      for (AttentionScores rule :
          List.of(
              AttentionScores.scaled(0.3f),
              new AttentionScores(0.3f, 0, 1),
              new AttentionScores(0.3f, 0, 20),
              new AttentionScores(0.8f, 1.5f, 65),
              new AttentionScores(0.8f, 1.5f, AttentionScores.UNLIMITED))) {
        try (Activations activations = backend.activations(List.of(q, k, v, out), tokens, 1);
            KvCache cache = backend.cache(new KvShape(1, 2, headDim, tokens))) {
          float[][][] given = new float[3][tokens][];
          List<Slot> slots = List.of(q, k, v);
          for (int s = 0; s < 3; s++) {
            ActivationRows rows = ((CpuActivations) activations).get(slots.get(s));
            for (int t = 0; t < tokens; t++) {
              given[s][t] = RandomRows.floats(random, rows.width());
              System.arraycopy(given[s][t], 0, rows.data(), rows.at(t), rows.width());
            }
          }
          backend.run(
              List.of(new Op.AppendKv(0, k, v), new Op.Attention(0, q, 4, rule, out)),
              activations,
              new Batch(List.of(new Batch.Sequence(cache, new int[tokens])), new int[0]));
          float[] found = new float[out.width()];
          for (int t = 0; t < tokens; t++) {
            backend.read(activations, out, t, found);
            for (int h = 0; h < 4; h++) {
              double[] expected = attend(given, t, h, headDim, rule);
              for (int d = 0; d < headDim; d++) {
                assertEquals(expected[d], found[h * headDim + d], 1e-5, rule + ", token " + t);
              }
            }
          }
        }
      }
    }
  }

  /** One of four query heads over two key/value heads. */
  private static double[] attend(float[][][] qkv, int t, int h, int headDim, AttentionScores rule) {
    double[] weighted = new double[headDim];
    double sum = 0;
    for (int p = 0; p <= t; p++) {
      if (t - p >= rule.window()) {
        continue;
      }
      double dot = 0;
      for (int d = 0; d < headDim; d++) {
        dot += (double) qkv[0][t][h * headDim + d] * qkv[1][p][h / 2 * headDim + d];
      }
      double s = dot * rule.scale();
      double weight =
          Math.exp(rule.softCap() > 0 ? rule.softCap() * Math.tanh(s / rule.softCap()) : s);
      sum += weight;
      for (int d = 0; d < headDim; d++) {
        weighted[d] += weight * qkv[2][p][h / 2 * headDim + d];
      }
    }
    for (int d = 0; d < headDim; d++) {
      weighted[d] /= sum;
    }
    return weighted;
  }
}
