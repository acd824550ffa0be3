package rankine.engine.model;

import rankine.engine.checkpoint.Settings;
import rankine.kernels.RotaryFrequencies;

/**
 * LLaMA's rotary frequencies: {@code rope_theta}, and {@code rope_scaling} of type {@code default},
 * {@code linear} or {@code llama3}, as Hugging Face's {@code modeling_rope_utils} computes them.
 * Newer files keep both in {@code rope_parameters}.
 */
final class RopeScaling {
  private static final double DEFAULT_THETA = 10000;

  private RopeScaling() {}

  static RotaryFrequencies read(Settings s, int headDim) {
    double theta = s.number("rope_theta", DEFAULT_THETA);
    var scaling = s.object("rope_scaling");
    var parameters = s.object("rope_parameters");
    if (parameters.isPresent()) {
      theta = parameters.get().number("rope_theta", theta);
      scaling = parameters;
    }
    if (theta <= 0) {
      throw s.unsupported("rope_theta", "a positive number");
    }
    RotaryFrequencies plain = RotaryFrequencies.of(theta, headDim);
    if (scaling.isEmpty()) {
      return plain;
    }
    Settings r = scaling.get();
    String key = r.has("rope_type") ? "rope_type" : "type";
    r.optionalText("type");
    return switch (r.text(key, "default")) {
      case "default" -> plain;
      case "linear" -> linear(plain, positive(r, "factor"));
      case "llama3" ->
          llama3(
              plain,
              positive(r, "factor"),
              positive(r, "low_freq_factor"),
              above(r, "high_freq_factor", "low_freq_factor"),
              r.count("original_max_position_embeddings"));
      default -> throw r.unsupported(key, "default, linear or llama3");
    };
  }

  private static double positive(Settings r, String key) {
    double value = r.number(key);
    if (value <= 0) {
      throw r.unsupported(key, "a positive number");
    }
    return value;
  }

  private static double above(Settings r, String key, String lower) {
    double value = positive(r, key);
    if (value <= r.number(lower)) {
      throw r.unsupported(key, "more than " + lower + " " + r.number(lower));
    }
    return value;
  }

  private static RotaryFrequencies linear(RotaryFrequencies plain, double factor) {
    float[] inverse = new float[plain.rotaryDim() / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = (float) (plain.inverse(i) / factor);
    }
    return new RotaryFrequencies(inverse);
  }

  /**
   * Long wavelengths are stretched by {@code factor}, short ones kept, those between blended (Llama
   * 3.1).
   */
  static RotaryFrequencies llama3(
      RotaryFrequencies plain, double factor, double lowFactor, double highFactor, int oldContext) {
    float[] inverse = new float[plain.rotaryDim() / 2];
    for (int i = 0; i < inverse.length; i++) {
      float f = plain.inverse(i);
      double wavelength = 2 * Math.PI / f;
      if (wavelength < oldContext / highFactor) {
        inverse[i] = f;
      } else if (wavelength > oldContext / lowFactor) {
        inverse[i] = (float) (f / factor);
      } else {
        double smooth = (oldContext / wavelength - lowFactor) / (highFactor - lowFactor);
        inverse[i] = (float) ((1 - smooth) * f / factor + smooth * f);
      }
    }
    return new RotaryFrequencies(inverse);
  }
}
