package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.kernels.tornado.DeviceKernel.APPEND_ROTATED;
import static rankine.kernels.tornado.DeviceKernel.ATTENTION;
import static rankine.kernels.tornado.DeviceKernel.ATTENTION_COMBINE;
import static rankine.kernels.tornado.DeviceKernel.LINEAR_GEMM;
import static rankine.kernels.tornado.DeviceKernel.MEMBER;
import static rankine.kernels.tornado.DeviceKernel.RMS_NORM;
import static rankine.kernels.tornado.DeviceKernel.TILED_ATTENTION;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rankine.kernels.ActivationFunction;
import rankine.kernels.AttentionScores;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** Which operations share a launch. */
class DeviceProgramTest {
  private static final int WIDTH = 8;

  private final Residency residency = new Residency();
  private final Slot x = Slot.tokens("x", WIDTH);
  private final Slot normed = Slot.tokens("normed", WIDTH);
  private final Slot q = Slot.tokens("q", WIDTH);
  private final Slot k = Slot.tokens("k", WIDTH);
  private final Slot v = Slot.tokens("v", WIDTH);
  private final Slot hidden = Slot.tokens("hidden", WIDTH);
  private final Slot up = Slot.tokens("up", WIDTH);

  /** A batch of this number of rows of both domains. */
  private record Extent(int rows, int splits) implements BatchExtent {
    @Override
    public int rows(Slot.RowDomain domain) {
      return rows;
    }

    @Override
    public int tiles(Slot.RowDomain domain) {
      return rows > DeviceOp.GEMV_MAX_ROWS ? Math.ceilDiv(rows, TiledAttentionKernel.ROWS) : 0;
    }

    @Override
    public int splits(Slot.RowDomain domain, int window) {
      return Math.min(splits, window);
    }
  }

  private Weight weight() {
    return weight(WIDTH, WIDTH);
  }

  private Weight weight(int outputs, int inputs) {
    return residency.matrix(Matrix.of(new float[outputs * inputs], outputs, inputs));
  }

  private Op linear(Slot in, Slot out) {
    return new Op.Linear(out.name(), in, weight(), Optional.empty(), false, out);
  }

  private Op added(Slot in, Slot out) {
    return new Op.Linear(out.name(), in, weight(), Optional.empty(), true, out);
  }

  private Op norm() {
    return new Op.RmsNorm(x, residency.vector(Matrix.of(new float[WIDTH], 1, WIDTH)), 1, 1, normed);
  }

  private static Op rotary(Slot slot) {
    return new Op.Rotary(slot, 1, WIDTH, RotaryFrequencies.of(10000, WIDTH), Op.Pairing.HALVES);
  }

  /** Up to attention and its output. */
  private List<Op> attention() {
    return new ArrayList<>(
        List.of(
            norm(),
            linear(normed, q),
            linear(normed, k),
            linear(normed, v),
            rotary(q),
            rotary(k),
            new Op.AppendKv(0, k, v),
            new Op.Attention(0, q, 1, AttentionScores.scaled(1), q),
            added(q, x)));
  }

  private static List<DeviceKernel> kernels(List<Op> program) {
    return DeviceProgram.of(program).stream().map(DeviceOp::kernel).toList();
  }

  /** The MLP's input does not depend on attention: it joins queries, keys and values. */
  @Test
  void parallelBlock() {
    List<Op> program = attention();
    program.add(linear(normed, hidden));
    program.add(new Op.Activation(hidden, ActivationFunction.SILU));
    program.add(added(hidden, x));
    assertEquals(
        List.of(
            RMS_NORM,
            LINEAR_GEMM,
            MEMBER,
            MEMBER,
            MEMBER,
            APPEND_ROTATED,
            MEMBER,
            MEMBER,
            TILED_ATTENTION,
            ATTENTION_COMBINE,
            LINEAR_GEMM,
            MEMBER),
        kernels(program));
    DeviceOp launch = DeviceProgram.of(program).get(1);
    assertEquals(OpEncoding.ACTIVATE, launch.members().getLast().epilogue());
    assertEquals(4, launch.groups(new Extent(1, 1)), "one group for each of four layers");
    DeviceOp added = DeviceProgram.of(program).get(10);
    assertEquals(2, added.chained());
    assertEquals(1, added.groups(new Extent(1, 1)), "one group for both layers");
  }

  /** The second norm forbids to move the gate, and the gate to compute up beside it. */
  @Test
  void sequentialBlock() {
    List<Op> program = attention();
    int layer = DeviceProgram.of(program).size();
    program.add(norm());
    program.add(linear(normed, hidden));
    program.add(linear(normed, up));
    program.add(new Op.GatedActivation(hidden, ActivationFunction.SILU, up));
    program.add(added(hidden, x));
    List<DeviceKernel> kernels = kernels(program);
    assertEquals(
        List.of(RMS_NORM, LINEAR_GEMM, LINEAR_GEMM, LINEAR_GEMM),
        kernels.subList(layer, kernels.size()));
    // Layers that add to the same slot follow each other, in the same groups.
    assertEquals(
        List.of(LINEAR_GEMM, MEMBER), kernels(List.of(added(normed, x), added(normed, x))));
  }

  /** What a chain needs: the same output, which no layer of it reads, and the same layout. */
  @Test
  void chains() {
    assertEquals(
        List.of(LINEAR_GEMM, LINEAR_GEMM), kernels(List.of(added(normed, x), added(q, hidden))));
    Op columns =
        new Op.Linear(
            "columns",
            normed,
            residency.matrix(Matrix.of(new float[WIDTH * WIDTH], WIDTH, WIDTH).transposed()),
            Optional.empty(),
            true,
            x);
    assertEquals(List.of(LINEAR_GEMM, LINEAR_GEMM), kernels(List.of(added(hidden, x), columns)));
    assertEquals(List.of(LINEAR_GEMM, MEMBER), kernels(List.of(columns, columns)));
    Slot projected = Slot.tokens("projected", 2);
    List<Op> factored =
        List.of(
            added(hidden, x),
            new Op.Linear("r", normed, weight(2, WIDTH), Optional.empty(), false, projected),
            new Op.Linear("l", projected, weight(WIDTH, 2), Optional.empty(), true, x));
    assertEquals(
        List.of(LINEAR_GEMM, LINEAR_GEMM, LINEAR_GEMM, MEMBER),
        kernels(factored),
        "two first factors, one idle, and a chain");
  }

  /**
   * A long context has a launch that combines the splits, many rows have tiles; both sequences are
   * announced.
   */
  @Test
  void splitsAndTiles() {
    List<Op> program = attention();
    List<DeviceOp> deviceOps = DeviceProgram.of(program);
    DeviceOp attention = deviceOps.get(deviceOps.size() - 3);
    DeviceOp combine = deviceOps.get(deviceOps.size() - 2);
    assertEquals(ATTENTION, attention.kernel(new Extent(2, 5)));
    assertEquals(2 * 5, attention.groups(new Extent(2, 5)), "one head of two rows, five splits");
    assertEquals(ATTENTION_COMBINE, combine.kernel(new Extent(2, 5)));
    assertEquals(2, combine.groups(new Extent(2, 5)));
    assertEquals(MEMBER, combine.kernel(new Extent(2, 1)));
    assertEquals(0, combine.groups(new Extent(2, 1)));
    int rows = TiledAttentionKernel.ROWS + 1;
    assertEquals(TILED_ATTENTION, attention.kernel(new Extent(rows, 1)));
    assertEquals(2, attention.groups(new Extent(rows, 1)), "one head of two tiles");
    for (Extent extent : List.of(new Extent(1, 1), new Extent(4, 5), new Extent(5, 1))) {
      for (List<DeviceOp> segment : DeviceProgram.segments(deviceOps)) {
        assertTrue(
            DeviceProgram.sequences(program).contains(DeviceProgram.kernels(segment, extent)));
      }
    }
  }

  /** A factored weight gives its whole segment a first launch, whichever weight it is. */
  @Test
  void factors() {
    List<List<DeviceKernel>> structures = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      List<Op> program = attention();
      Op.Linear dense = (Op.Linear) program.remove(i);
      Slot projected = Slot.tokens("projected", WIDTH);
      program.add(i, linear(projected, dense.out()));
      program.add(i, linear(normed, projected));
      structures.add(kernels(program));
      assertTrue(
          DeviceProgram.sequences(attention())
              .containsAll(
                  DeviceProgram.segments(DeviceProgram.of(program)).stream()
                      .map(segment -> DeviceProgram.kernels(segment, new Extent(9, 1)))
                      .toList()));
    }
    List<DeviceKernel> first = structures.getFirst();
    assertEquals(
        List.of(RMS_NORM, LINEAR_GEMM, MEMBER, MEMBER, LINEAR_GEMM, MEMBER, MEMBER, APPEND_ROTATED),
        first.subList(0, 8));
    structures.forEach(structure -> assertEquals(first, structure));
    assertEquals(
        List.of(TILED_ATTENTION, ATTENTION_COMBINE, LINEAR_GEMM),
        first.subList(10, first.size()),
        "no factor, no launch");
  }
}
