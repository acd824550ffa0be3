package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rankine.engine.checkpoint.Settings;
import rankine.kernels.RotaryFrequencies;

/** Compares rotary frequencies with the published formulas in float64. */
class RopeScalingTest {
  private static final int HEAD_DIM = 128;

  private static RotaryFrequencies read(String json) {
    return RopeScaling.read(Settings.parse(Path.of("config.json"), json), HEAD_DIM);
  }

  private static double unscaled(double theta, int i) {
    return Math.pow(theta, -2.0 * i / HEAD_DIM);
  }

  private static void assertFrequency(double expected, RotaryFrequencies found, int i) {
    assertEquals(expected, found.inverse(i), 2e-6 * expected, "pair " + i);
  }

  private static void assertUnscaled(double theta, String json) {
    RotaryFrequencies found = read(json);
    assertEquals(HEAD_DIM, found.rotaryDim());
    for (int i = 0; i < HEAD_DIM / 2; i++) {
      assertFrequency(unscaled(theta, i), found, i);
    }
  }

  @Test
  void theta() {
    assertUnscaled(10000, "{}");
    assertUnscaled(10000, "{\"rope_scaling\":null,\"rope_theta\":null}");
    assertUnscaled(500000, "{\"rope_theta\":500000}");
    assertUnscaled(1e6, "{\"rope_theta\":500000,\"rope_parameters\":{\"rope_theta\":1000000.0}}");
    assertUnscaled(
        500000, "{\"rope_theta\":500000,\"rope_parameters\":{\"rope_type\":\"default\"}}");
    assertUnscaled(10000, "{\"rope_scaling\":{\"rope_type\":\"default\"}}");
    assertUnscaled(10000, "{\"rope_scaling\":{\"type\":\"default\"}}");
  }

  @Test
  void linear() {
    for (String json :
        new String[] {
          "{\"rope_theta\":20000,\"rope_scaling\":{\"type\":\"linear\",\"factor\":4}}",
          "{\"rope_theta\":20000,\"rope_scaling\":{\"rope_type\":\"linear\",\"factor\":4.0}}",
          "{\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4.0,\"rope_theta\":20000}}",
        }) {
      RotaryFrequencies found = read(json);
      for (int i = 0; i < HEAD_DIM / 2; i++) {
        assertFrequency(unscaled(20000, i) / 4, found, i);
      }
    }
  }

  /**
   * Meta's rule for Llama 3.1 with its published parameters: wavelengths below 8192 / 4 are
   * unchanged, those above 8192 / 1 are stretched by 8, and in between the frequency is
   * interpolated linearly in 8192 / wavelength.
   */
  @Test
  void llama3() {
    RotaryFrequencies found =
        read(
            """
            {"rope_theta": 500000.0,
             "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                              "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}}
            """);
    int below = 0;
    int between = 0;
    int above = 0;
    for (int i = 0; i < HEAD_DIM / 2; i++) {
      double f = unscaled(500000, i);
      double wavelength = 2 * Math.PI / f;
      double expected;
      if (wavelength < 8192.0 / 4) {
        expected = f;
        below++;
      } else if (wavelength > 8192.0) {
        expected = f / 8;
        above++;
      } else {
        double smooth = (8192 / wavelength - 1) / (4 - 1);
        expected = (1 - smooth) * f / 8 + smooth * f;
        between++;
      }
      assertFrequency(expected, found, i);
    }
    assertTrue(below > 10 && between > 3 && above > 10, below + ", " + between + ", " + above);
  }
}
