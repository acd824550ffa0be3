package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static rankine.kernels.cpu.RandomRows.floats;
import static rankine.kernels.cpu.RandomRows.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rankine.kernels.Batch;
import rankine.kernels.DType;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Stored;
import rankine.kernels.Weight;

/** Layers of a group have the bits that each has alone. */
class LinearGroupTest {
  private static final int[] FEATURES = {1, 5, 64, 130, 702};
  private static final List<DType> DTYPES = List.of(DType.values());
  private static final int[] OUTPUTS = {1, 15, 16, 50, 131, 1100};

  @Test
  void groupedLayersHaveTheirBitsAlone() {
    assertBitsAlone(8);
  }

  @Tag("thorough")
  @Test
  void moreGroupedLayersHaveTheirBitsAlone() {
    assertBitsAlone(40);
  }

  private static void assertBitsAlone(int groups) {
    Random random = new Random(3);
    VectorKernels reused = new VectorKernels();
    LinearGroup group = new LinearGroup();
    try (Workers two = new Workers(2);
        Workers five = new Workers(5)) {
      for (int i = 0; i < groups; i++) {
        int rows = 1 + random.nextInt(4);
        ActivationRows x = rows(random, rows, FEATURES[random.nextInt(FEATURES.length)]);
        group.reset(x);
        List<ActivationRows> expected = new ArrayList<>();
        List<ActivationRows> found = new ArrayList<>();
        int layers = 1 + random.nextInt(5);
        boolean mixed = random.nextBoolean();
        for (int l = 0; l < layers; l++) {
          int outputs = OUTPUTS[random.nextInt(OUTPUTS.length)];
          DType dtype = DTYPES.get(random.nextInt(DTYPES.size()));
          boolean transposed = mixed ? random.nextBoolean() : i % 2 == 0;
          Matrix w = Stored.matrix(random, dtype, outputs, x.width(), transposed);
          float[] bias = random.nextBoolean() ? floats(random, outputs) : null;
          boolean accumulate = random.nextBoolean();
          ActivationRows before = rows(random, rows, outputs);
          ActivationRows alone =
              new ActivationRows(before.data().clone(), rows, outputs, before.stride());
          new VectorKernels()
              .linear(new LinearGroup().reset(x).add(w, bias, accumulate, alone), two);
          expected.add(alone);
          found.add(before);
          group.add(w, bias, accumulate, before);
        }
        reused.linear(group, i % 3 == 0 ? five : two);
        for (int l = 0; l < layers; l++) {
          assertArrayEquals(
              expected.get(l).data(), found.get(l).data(), "group %d, layer %d".formatted(i, l));
        }
      }
    }
  }

  /** Layers with the same output slot, or another input, are not in one group. */
  @Test
  void layersThatShareAnOutputRunInOrder() {
    int n = 3;
    Slot x = Slot.tokens("x", n);
    Slot y = Slot.tokens("y", n);
    Slot z = Slot.tokens("z", n);
    try (CpuBackend backend = CpuBackend.vector(2)) {
      Weight two = diagonal(backend, n, 2);
      Weight three = diagonal(backend, n, 3);
      List<Op> program =
          List.of(
              new Op.Linear("a", x, two, Optional.empty(), false, y),
              new Op.Linear("b", x, three, Optional.empty(), false, z),
              new Op.Linear("c", x, three, Optional.empty(), true, y),
              new Op.Linear("d", y, two, Optional.empty(), true, z),
              new Op.Linear("e", y, two, Optional.empty(), false, x));
      var storage = (CpuActivations) backend.activations(List.of(x, y, z), 1, 1);
      for (int c = 0; c < n; c++) {
        storage.get(x).data()[ActivationRows.START + c] = c + 1;
      }
      var cache = backend.cache(new KvShape(1, 1, 2, 8));
      backend.run(
          program, storage, new Batch(List.of(new Batch.Sequence(cache, new int[1])), new int[0]));
      for (int c = 0; c < n; c++) {
        assertEquals(5 * (c + 1), storage.get(y).data()[ActivationRows.START + c], "y");
        assertEquals(13 * (c + 1), storage.get(z).data()[ActivationRows.START + c], "z");
        assertEquals(10 * (c + 1), storage.get(x).data()[ActivationRows.START + c], "x");
      }
    }
  }

  private static Weight diagonal(CpuBackend backend, int n, float value) {
    float[] values = new float[n * n];
    for (int i = 0; i < n; i++) {
      values[i * n + i] = value;
    }
    return backend.matrix(Matrix.of(values, n, n));
  }
}
