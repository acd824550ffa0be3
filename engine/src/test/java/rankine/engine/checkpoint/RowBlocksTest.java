package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rankine.testdata.TestData;

/** Rows of a fused matrix. */
class RowBlocksTest {
  private static List<Integer> rows(RowBlocks blocks) {
    return IntStream.range(0, blocks.count()).map(blocks::row).boxed().toList();
  }

  @Test
  void rowsOfAPart() {
    assertEquals(List.of(5, 6, 7), rows(RowBlocks.range(5, 3)));
    // [2 heads][q, k, v][2]: the keys are rows 2 and 3 of each head's six.
    assertEquals(List.of(2, 3, 8, 9), rows(RowBlocks.ofHeads(1, 3, 2, 2)));
    assertTrue(RowBlocks.range(5, 3).isRange());
    assertTrue(RowBlocks.ofHeads(1, 3, 1, 4).isRange());
    assertFalse(RowBlocks.ofHeads(1, 3, 2, 2).isRange());
    assertThrows(IllegalArgumentException.class, () -> new RowBlocks(0, 3, 2, 4));
  }

  @Test
  void gathersOnce() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gpt_neox-f16"))) {
      String layer = "gpt_neox.layers.0.attention.query_key_value.";
      RowBlocks values = RowBlocks.ofHeads(2, 3, 3, 16);
      for (String name : List.of(layer + "weight", layer + "bias")) {
        TensorInfo tensor = checkpoint.find(name).orElseThrow();
        long rowBytes = tensor.bytes() / 144;
        MemorySegment copy = checkpoint.gather(tensor, values);
        assertEquals(48 * rowBytes, copy.byteSize());
        for (int row = 0; row < 48; row++) {
          MemorySegment expected =
              checkpoint.data(tensor).asSlice(values.row(row) * rowBytes, rowBytes);
          assertEquals(-1, expected.mismatch(copy.asSlice(row * rowBytes, rowBytes)));
        }
        assertEquals(copy, checkpoint.gather(tensor, values));
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> checkpoint.gather(tensor, RowBlocks.ofHeads(2, 3, 4, 16)));
      }
      assertEquals(2, checkpoint.gathered().size());
    }
  }
}
