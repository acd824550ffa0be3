package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rankine.engine.checkpoint.Settings;

class LongRopeTest {
  /** The amplitude that Hugging Face computes for Phi-3-mini-128k, and frequencies over factors. */
  @Test
  void amplitudeAndFrequencies() {
    Settings s =
        Settings.parse(
            Path.of("config.json"),
            """
            {"original_max_position_embeddings": 4096, "rope_theta": 10000.0,
             "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.25],
                              "long_factor": [1.5, 40.0]}}
            """);
    LongRope found = LongRope.read(s, new ModelConfig("phi3", 1, 8, 2, 2, 4, 8, 8, 131072));
    assertEquals(4096, found.contextLength());
    assertEquals(4, found.frequencies().rotaryDim());
    float[] cosines = new float[2];
    float[] sines = new float[2];
    found.frequencies().fill(100, cosines, sines, 0);
    double amplitude = 1.1902380714238083;
    assertEquals(amplitude * Math.cos(100), cosines[0], 1e-5);
    assertEquals(amplitude * Math.sin(100 * 0.01 / 1.25), sines[1], 1e-5);
  }
}
