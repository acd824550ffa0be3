package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;

class RandomCheckpointTest {
  @TempDir Path folder;

  private static RandomCheckpoint small(DType dtype, long seed) {
    return new RandomCheckpoint(2, 48, 3, 8, 301, 32, dtype, seed);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void loadsAsGptJ(DType dtype) throws IOException {
    small(dtype, 1).write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Backend backend = CpuBackend.scalar(1)) {
      Model model = Architectures.load(checkpoint, backend);
      assertEquals(2, model.config().layers());
      assertEquals(48, model.config().hiddenSize());
      assertEquals(301, model.config().vocabSize());
      try (Session session = new Session(model, backend, Session.DEFAULT_CHUNK, 1);
          KvCache cache = session.sequence()) {
        float[] logits = session.logits(cache, new int[] {1, 300, 7});
        assertEquals(301, logits.length);
        for (float logit : logits) {
          assertFalse(Float.isNaN(logit) || Float.isInfinite(logit));
        }
        assertFalse(Arrays.stream(boxed(logits)).distinct().count() < 290, "most logits are equal");
      }
    }
  }

  @Test
  void llamaAndGpt2LoadToo() throws IOException {
    new RandomLlama(2, 48, 6, 2, 40, 301, 32, DType.F16, 1).write(folder.resolve("llama"));
    new RandomGpt2(2, 48, 3, 301, 32, DType.F16, 1).write(folder.resolve("gpt2"));
    for (String name : List.of("llama", "gpt2")) {
      try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(name));
          Backend backend = CpuBackend.scalar(1)) {
        Model model = Architectures.load(checkpoint, backend);
        assertEquals(name, model.config().architecture());
        assertEquals(2, model.config().layers());
        assertEquals(301, model.config().vocabSize());
        assertEquals(name.equals("llama") ? 2 : 3, model.config().kvHeads());
      }
    }
  }

  private static Float[] boxed(float[] values) {
    Float[] boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }

  @Test
  void valuesHaveTheStatedDistribution() throws IOException {
    small(DType.F16, 1).write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertMoments(checkpoint, "transformer.h.1.mlp.fc_in.weight", 0, 192, 48);
      assertMoments(checkpoint, "lm_head.weight", 0, 301, 48);
      assertMoments(checkpoint, "transformer.ln_f.weight", 1, 48);
    }
  }

  /** Asserts mean and standard deviation to five standard errors. */
  private static void assertMoments(
      Checkpoint checkpoint, String name, double mean, long... shape) {
    var tensor = checkpoint.require(name, shape);
    int n = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    Matrix values = Matrix.rowMajor(checkpoint.data(tensor), tensor.dtype(), 1, n);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double v = values.get(0, i) - mean;
      sum += v;
      squares += v * v;
    }
    double deviation = RandomMatrix.DEVIATION;
    assertEquals(0, sum / n, 5 * deviation / Math.sqrt(n), name);
    assertEquals(deviation, Math.sqrt(squares / n), 5 * deviation / Math.sqrt(2.0 * n), name);
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      small(DType.F16, name.equals("c") ? 2 : 1).write(folder.resolve(name));
    }
    byte[] a = Files.readAllBytes(folder.resolve("a/model.safetensors"));
    assertArrayEquals(a, Files.readAllBytes(folder.resolve("b/model.safetensors")));
    assertFalse(Arrays.equals(a, Files.readAllBytes(folder.resolve("c/model.safetensors"))));
  }

  @Test
  void writesTwoFilesOnly() throws IOException {
    small(DType.BF16, 1).write(folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("config.json", "model.safetensors"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void refusesInconsistentSizes() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new RandomCheckpoint(1, 50, 3, 8, 10, 10, DType.F32, 1));
    assertEquals("heads: expected a divisor of width 50, found 3", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new RandomCheckpoint(1, 48, 3, 18, 10, 10, DType.F32, 1));
    assertEquals("rotary: expected an even number of 2 to 16, found 18", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new RandomLlama(1, 48, 6, 4, 40, 10, 10, DType.F32, 1));
    assertEquals("kvHeads: expected a divisor of heads 6, found 4", e.getMessage());
  }
}
