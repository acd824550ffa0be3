package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** The stored dtype and layout change the logits only by the rounding of the weights. */
class WeightStorageTest {
  private static final int[] IDS = {3, 1, 300, 7, 7, 42, 0, 9};

  @TempDir private Path folder;

  /** Weights in any dtype give the same bits as a float32 copy of their values. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void everyDTypeDecodesExactly(DType dtype) throws IOException {
    for (String name : new String[] {"gpt2-f32", "gptj-f16", "llama-bf16"}) {
      Path stored = TestCheckpoint.golden(name).as(dtype).write(folder.resolve(name));
      float[][] found = Run.logits(stored, IDS);
      Path decoded = folder.resolve(name + "-decoded");
      TestCheckpoint copy = TestCheckpoint.read(stored);
      assertArrayEquals(Run.logits(copy.as(DType.F32).write(decoded), IDS), found, name);
      assertArrayEquals(vector(decoded), vector(stored), name + " on vectors");
    }
  }

  /** Rounding each weight by 2^-11 (F16) or 2^-8 (BF16) changes the logits by the same order. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "stories260K"})
  void roundingErrorMatchesTheDType(String name) throws IOException {
    double[] exact = Run.doubles(Run.logits(TestData.model(name), IDS)[IDS.length - 1]);
    double scale = 0;
    for (double logit : exact) {
      scale = Math.max(scale, Math.abs(logit));
    }
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      double unit = dtype == DType.F16 ? Math.scalb(1.0, -11) : Math.scalb(1.0, -8);
      Path stored = TestCheckpoint.golden(name).as(dtype).write(folder.resolve(name + dtype));
      float[] found = Run.logits(stored, IDS)[IDS.length - 1];
      double worst = 0;
      for (int i = 0; i < exact.length; i++) {
        worst = Math.max(worst, Math.abs(exact[i] - found[i]) / scale);
      }
      assertTrue(worst > 0 && worst < 20 * unit, dtype + ": " + worst / unit + " units");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16", "stories260K"})
  void oneFileShardsAndUnalignedData(String name) throws IOException {
    float[][] expected = Run.logits(TestData.model(name), IDS);
    float[] expectedVector = vector(TestData.model(name));
    TestCheckpoint c = TestCheckpoint.golden(name);
    for (Path form :
        new Path[] {
          c.write(folder.resolve("single")),
          c.writeShards(folder.resolve("shards"), 3),
          c.writeUnaligned(folder.resolve("unaligned"))
        }) {
      assertArrayEquals(expected, Run.logits(form, IDS), form.toString());
      assertArrayEquals(expectedVector, vector(form), form + " on vectors");
    }
  }

  private static float[] vector(Path form) {
    try (Checkpoint checkpoint = Checkpoint.open(form);
        Backend backend = CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      try (Session session = new Session(model, backend);
          KvCache cache = session.sequence()) {
        return session.logits(cache, IDS);
      }
    }
  }
}
