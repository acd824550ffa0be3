package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.Batch;
import rankine.kernels.DType;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RowReader;
import rankine.kernels.Slot;
import rankine.kernels.Stored;
import rankine.kernels.Weight;

/** Embedding lookups, from tables in memory and from tables read row by row. */
class EmbedTest {
  private static final int VOCABULARY = 50;
  private static final int[] WIDTHS = {1, 15, 16, 70};
  private static final int[] IDS = {3, 0, 49, 3, 17, 48, 1, 1, 30};

  @ParameterizedTest
  @EnumSource
  void looksUpRows(DType dtype) {
    Random random = new Random(3);
    for (CpuBackend made : List.of(CpuBackend.scalar(1), CpuBackend.vector(3))) {
      try (CpuBackend backend = made) {
        // One backend for all widths: its row buffers for one table must not serve another.
        for (int width : WIDTHS) {
          Matrix source = Stored.matrix(random, dtype, VOCABULARY, width, false);
          List<Integer> read = Collections.synchronizedList(new ArrayList<>());
          Weight table = backend.table(source, recording(source, read));
          float[] expected = new float[IDS.length * width];
          for (int t = 0; t < IDS.length; t++) {
            for (int c = 0; c < width; c++) {
              expected[t * width + c] = source.get(IDS[t], c);
            }
          }
          assertArrayEquals(expected, embed(backend, backend.matrix(source), width, IDS));
          assertEquals(List.of(), read);
          assertArrayEquals(expected, embed(backend, table, width, IDS));
          assertEquals(
              Arrays.stream(IDS).sorted().boxed().toList(), read.stream().sorted().toList());
          assertEquals(VOCABULARY, table.rows());
          assertEquals(width, table.cols());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesIdsOutsideTheTable(DType dtype) {
    Matrix source = Stored.matrix(new Random(3), dtype, VOCABULARY, 8, false);
    try (CpuBackend backend = CpuBackend.vector(1)) {
      Weight table = backend.table(source, recording(source, new ArrayList<>()));
      for (int id : new int[] {-1, VOCABULARY}) {
        Exception e =
            assertThrows(
                IllegalArgumentException.class, () -> embed(backend, table, 8, new int[] {id}));
        assertEquals("token id: expected 0 to 49, found " + id, e.getMessage());
      }
    }
  }

  private static RowReader recording(Matrix source, List<Integer> read) {
    return (row, into) -> {
      read.add(row);
      long at = row * source.rowStride() * source.dtype().bytes();
      MemorySegment.ofBuffer(into).copyFrom(source.data().asSlice(at, into.remaining()));
    };
  }

  private static float[] embed(CpuBackend backend, Weight table, int width, int[] ids) {
    Slot out = Slot.tokens("out", width);
    var activations = backend.activations(List.of(out), ids.length, 1);
    Batch.Sequence sequence =
        new Batch.Sequence(backend.cache(new KvShape(1, 1, 1, ids.length)), ids);
    backend.run(
        List.of(new Op.Embed(table, out)), activations, new Batch(List.of(sequence), new int[0]));
    float[] found = new float[ids.length * width];
    float[] row = new float[width];
    for (int t = 0; t < ids.length; t++) {
      backend.read(activations, out, t, row);
      System.arraycopy(row, 0, found, t * width, width);
    }
    return found;
  }
}
