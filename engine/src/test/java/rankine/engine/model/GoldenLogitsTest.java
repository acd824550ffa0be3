package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Compares every architecture and stored type with logits from PyTorch. */
class GoldenLogitsTest {
  static Stream<Arguments> modelsAndBackends() {
    return Stream.concat(TestModels.all().stream(), Stream.of("stories260K"))
        .flatMap(
            model -> Stream.of("scalar", "vector").map(backend -> Arguments.of(model, backend)));
  }

  private static Backend backend(String name) {
    return name.equals("scalar") ? CpuBackend.scalar(2) : CpuBackend.vector(2);
  }

  /** One batch, and chunks of 3, give the same bits. */
  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void lastLogitsAndGreedyContinuation(String name, String backendName) throws IOException {
    check(name, backendName, backendName.equals("scalar") ? List.of(512) : List.of(512, 3));
  }

  /** One batch, larger chunks and single tokens give the same bits. */
  @Tag("thorough")
  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void lastLogitsInChunks(String name, String backendName) throws IOException {
    check(name, backendName, List.of(512, 7, 3, 1));
  }

  private static void check(String name, String backendName, List<Integer> chunks)
      throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = backend(backendName)) {
      Model model = Architectures.load(checkpoint, backend);
      for (Golden.GoldenCase golden : Golden.cases(name)) {
        float[] whole = null;
        for (int chunk : chunks) {
          try (Session session = new Session(model, backend, chunk, 1);
              KvCache cache = session.sequence()) {
            float[] logits = session.logits(cache, golden.ids());
            assertClose(golden.lastLogits(), logits);
            if (whole == null) {
              whole = logits;
            }
            assertArrayEquals(whole, logits, "chunks of " + chunk);
          }
        }
        try (Session session = new Session(model, backend, Session.DEFAULT_CHUNK, 1);
            KvCache cache = session.sequence()) {
          int[] greedy = new int[golden.greedy().length];
          int[] next = golden.ids();
          for (int i = 0; i < greedy.length; i++) {
            greedy[i] = session.greedy(cache, next);
            next = new int[] {greedy[i]};
          }
          assertArrayEquals(golden.greedy(), greedy);
        }
      }
    }
  }

  private static void assertClose(float[] expected, float[] found) {
    Assertions.assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = 1e-4 * Math.max(1, Math.abs(expected[i]));
      int at = i;
      assertTrue(
          Math.abs(expected[i] - found[i]) <= tolerance,
          () -> "logit %d: expected %s, found %s".formatted(at, expected[at], found[at]));
    }
  }
}
