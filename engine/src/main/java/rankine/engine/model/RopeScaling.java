package rankine.engine.model;

import java.util.Optional;
import java.util.OptionalDouble;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.RotaryFrequencies;

/**
 * LLaMA's rotary frequencies: {@code rope_theta}, and {@code rope_scaling} of type {@code default},
 * {@code linear} or {@code llama3}, as in Hugging Face's {@code modeling_rope_utils}. Newer files
 * store both in {@code rope_parameters}.
 */
final class RopeScaling {
  /** The base where a file gives none. */
  static final double DEFAULT_THETA = 10000;

  /** The setting of the fraction of a head that rotates. */
  static final String PART = "partial_rotary_factor";

  private static final String THETA = "rope_theta";
  private static final String PARAMETERS = "rope_parameters";

  private RopeScaling() {}

  /** Reads the frequencies of {@code rotaryDim} features. */
  static RotaryFrequencies read(Settings s, int rotaryDim) {
    return read(s, rotaryDim, DEFAULT_THETA);
  }

  /** Reads the frequencies; {@code defaultTheta} where {@code rope_theta} is absent. */
  static RotaryFrequencies read(Settings s, int rotaryDim, double defaultTheta) {
    Optional<Settings> parameters = s.object(PARAMETERS);
    RotaryFrequencies base = RotaryFrequencies.of(theta(s, defaultTheta), rotaryDim);
    return parameters.or(() -> s.object("rope_scaling")).map(r -> scaled(r, base)).orElse(base);
  }

  /**
   * Reads the frequencies of the layers of one type, which newer files store in {@code
   * rope_parameters} by type; none if the file does not.
   */
  static Optional<RotaryFrequencies> ofLayerType(
      Settings s, String type, int rotaryDim, double defaultTheta) {
    return s.object(PARAMETERS)
        .flatMap(byType -> byType.object(type))
        .map(
            r -> scaled(r, RotaryFrequencies.of(positiveTheta(r, THETA, defaultTheta), rotaryDim)));
  }

  /** Returns the frequencies of the base in the setting {@code key}, without scaling. */
  static RotaryFrequencies unscaled(Settings s, String key, int rotaryDim) {
    return RotaryFrequencies.of(positiveTheta(s, key, DEFAULT_THETA), rotaryDim);
  }

  /**
   * Returns the features of a head that rotate.
   *
   * @param key the setting of the fraction, which newer files store in {@code rope_parameters}
   */
  static int rotaryDim(Settings s, String key, double fallback, int headDim) {
    double part = s.number(key, fallback);
    OptionalDouble newer =
        s.object(PARAMETERS).map(r -> r.optionalNumber(PART)).orElse(OptionalDouble.empty());
    int rotaryDim = (int) (headDim * newer.orElse(part));
    if (rotaryDim < 2 || rotaryDim > headDim || rotaryDim % 2 != 0) {
      throw s.unsupported(key, "an even part of the head size " + headDim);
    }
    return rotaryDim;
  }

  /** Returns the base of the frequencies. */
  static double theta(Settings s, double defaultTheta) {
    double theta = positiveTheta(s, THETA, defaultTheta);
    return s.object(PARAMETERS).map(r -> positiveTheta(r, THETA, theta)).orElse(theta);
  }

  private static double positiveTheta(Settings s, String key, double fallback) {
    double theta = s.number(key, fallback);
    if (theta <= 0) {
      throw s.unsupported(key, "a positive number");
    }
    return theta;
  }

  private static RotaryFrequencies scaled(Settings r, RotaryFrequencies base) {
    String key = r.has("rope_type") ? "rope_type" : "type";
    r.optionalText("type");
    return switch (r.text(key, "default")) {
      case "default" -> base;
      case "linear" -> linear(base, requirePositive(r, "factor"));
      case "llama3" ->
          llama3(
              base,
              requirePositive(r, "factor"),
              requirePositive(r, "low_freq_factor"),
              requireAbove(r, "high_freq_factor", "low_freq_factor"),
              r.count("original_max_position_embeddings"));
      default -> throw r.unsupported(key, "default, linear or llama3");
    };
  }

  private static double requirePositive(Settings r, String key) {
    double value = r.number(key);
    if (value <= 0) {
      throw r.unsupported(key, "a positive number");
    }
    return value;
  }

  private static double requireAbove(Settings r, String key, String lower) {
    double value = requirePositive(r, key);
    if (value <= r.number(lower)) {
      throw r.unsupported(key, "more than " + lower + " " + r.number(lower));
    }
    return value;
  }

  private static RotaryFrequencies linear(RotaryFrequencies base, double factor) {
    float[] inverse = new float[base.rotaryDim() / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = (float) (base.inverse(i) / factor);
    }
    return new RotaryFrequencies(inverse);
  }

  /**
   * Llama 3.1's scaling: stretches long wavelengths by {@code factor}, keeps short ones, and
   * interpolates between them.
   */
  static RotaryFrequencies llama3(
      RotaryFrequencies base, double factor, double lowFactor, double highFactor, int oldContext) {
    float[] inverse = new float[base.rotaryDim() / 2];
    for (int i = 0; i < inverse.length; i++) {
      float f = base.inverse(i);
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
