package rankine.engine.model;

import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A float64 reference implementation of LLaMA from its papers, one position at a time, independent
 * of the code under test.
 *
 * @param inputs receives the name of the matrix and its input for every product
 */
public record ReferenceLlama(
    Map<String, TestCheckpoint.TestTensor> tensors,
    int layers,
    int heads,
    int kvHeads,
    double epsilon,
    double[] inverseFrequencies,
    String headName,
    BiConsumer<String, double[]> inputs) {

  /** A reference without input capture. */
  public ReferenceLlama(
      Map<String, TestCheckpoint.TestTensor> tensors,
      int layers,
      int heads,
      int kvHeads,
      double epsilon,
      double[] inverseFrequencies,
      String headName) {
    this(tensors, layers, heads, kvHeads, epsilon, inverseFrequencies, headName, (name, x) -> {});
  }

  /** Returns the logits [ids.length][vocabSize] after each of {@code ids}. */
  public double[][] logits(int... ids) {
    double[][] x = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      x[t] = row("model.embed_tokens.weight", ids[t]);
    }
    for (int l = 0; l < layers; l++) {
      String block = "model.layers." + l + ".";
      attention(block, x);
      for (double[] token : x) {
        double[] h = norm(block + "post_attention_layernorm.weight", token);
        double[] gate = times(block + "mlp.gate_proj.weight", h);
        double[] up = times(block + "mlp.up_proj.weight", h);
        for (int i = 0; i < gate.length; i++) {
          gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
        }
        add(token, times(block + "mlp.down_proj.weight", gate));
      }
    }
    double[][] logits = new double[ids.length][];
    for (int t = 0; t < ids.length; t++) {
      logits[t] = times(headName, norm("model.norm.weight", x[t]));
    }
    return logits;
  }

  private void attention(String block, double[][] x) {
    int headDim = 2 * inverseFrequencies.length;
    double[][] keys = new double[x.length][];
    double[][] values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double[] h = norm(block + "input_layernorm.weight", x[t]);
      double[] q = rotate(times(block + "self_attn.q_proj.weight", h), t);
      keys[t] = rotate(times(block + "self_attn.k_proj.weight", h), t);
      values[t] = times(block + "self_attn.v_proj.weight", h);
      double[] attentionOutput = new double[heads * headDim];
      for (int head = 0; head < heads; head++) {
        int group = head / (heads / kvHeads);
        double[] p = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int d = 0; d < headDim; d++) {
            dot += q[head * headDim + d] * keys[s][group * headDim + d];
          }
          p[s] = Math.exp(dot / Math.sqrt(headDim));
          sum += p[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int d = 0; d < headDim; d++) {
            attentionOutput[head * headDim + d] += p[s] / sum * values[s][group * headDim + d];
          }
        }
      }
      add(x[t], times(block + "self_attn.o_proj.weight", attentionOutput));
    }
  }

  /** RoPE: rotates feature i of the first half of a head with feature i of the second half. */
  private double[] rotate(double[] x, int position) {
    int half = inverseFrequencies.length;
    for (int head = 0; head < x.length / (2 * half); head++) {
      for (int i = 0; i < half; i++) {
        double angle = position * inverseFrequencies[i];
        int a = head * 2 * half + i;
        int b = a + half;
        double u = x[a];
        double v = x[b];
        x[a] = u * Math.cos(angle) - v * Math.sin(angle);
        x[b] = v * Math.cos(angle) + u * Math.sin(angle);
      }
    }
    return x;
  }

  private double[] norm(String name, double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / Math.sqrt(squares / x.length + epsilon) * tensors.get(name).values()[i];
    }
    return y;
  }

  /** W x, with W stored [outputs, inputs]. */
  private double[] times(String name, double[] x) {
    inputs.accept(name, x);
    double[] y = new double[(int) (long) tensors.get(name).shape().get(0)];
    for (int r = 0; r < y.length; r++) {
      double[] w = row(name, r);
      for (int c = 0; c < x.length; c++) {
        y[r] += w[c] * x[c];
      }
    }
    return y;
  }

  private double[] row(String name, int r) {
    int width = (int) (long) tensors.get(name).shape().get(1);
    double[] values = new double[width];
    for (int c = 0; c < width; c++) {
      values[c] = tensors.get(name).values()[r * width + c];
    }
    return values;
  }

  private static void add(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }
}
