package rankine.kernels;

/**
 * The frequencies of rotary position embedding: pair i of a head rotates by {@code position *
 * inverse(i)}. Inverse frequencies and products are float32, as in Hugging Face's transformers,
 * because checkpoints were trained so.
 *
 * <p>Immutable; compared by identity, so that a backend can keep one table of cosines and sines per
 * instance.
 */
public final class RotaryFrequencies {
  private final float[] inverse;
  private final double amplitude;

  /**
   * Takes the inverse frequencies as given.
   *
   * @param inverse [rotaryDim / 2], radians per position
   */
  public RotaryFrequencies(float[] inverse) {
    this(inverse, 1);
  }

  /**
   * Takes the inverse frequencies and a factor of the cosines and sines; Ding et al. 2024
   * (LongRoPE) and Peng et al. 2023 (YaRN) scale attention with it.
   *
   * @param inverse [rotaryDim / 2], radians per position
   */
  public RotaryFrequencies(float[] inverse, double amplitude) {
    this.inverse = inverse.clone();
    this.amplitude = amplitude;
  }

  /** {@code base^(-2i / rotaryDim)} for i in [0, rotaryDim / 2); RoFormer, section 3.2.2. */
  public static RotaryFrequencies of(double base, int rotaryDim) {
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw new IllegalArgumentException(
          "rotaryDim: expected even and positive, found " + rotaryDim);
    }
    float[] inverse = new float[rotaryDim / 2];
    for (int i = 0; i < inverse.length; i++) {
      float exponent = (float) (2 * i) / rotaryDim;
      inverse[i] = 1f / (float) StrictMath.pow(base, exponent);
    }
    return new RotaryFrequencies(inverse);
  }

  /** The number of features per head that rotate. */
  public int rotaryDim() {
    return 2 * inverse.length;
  }

  /** Radians per position of pair i. */
  public float inverse(int i) {
    return inverse[i];
  }

  /** Writes the cosines and sines of one position, each [rotaryDim / 2], at {@code offset}. */
  public void fill(int position, float[] cosines, float[] sines, int offset) {
    for (int i = 0; i < inverse.length; i++) {
      float angle = position * inverse[i];
      cosines[offset + i] = (float) (amplitude * StrictMath.cos(angle));
      sines[offset + i] = (float) (amplitude * StrictMath.sin(angle));
    }
  }
}
