package rankine.engine.replay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Operations of a program from one position to another, with the slots that are live at its two
 * ends.
 *
 * @param ops for a batch with logit rows
 * @param appending for a batch without logit rows: the operations up to the last append to the KV
 *     cache
 * @param in slots that are live at the start
 * @param out slots that are live at the end
 * @param kvShape of the KV cache of the blocks within: numbered from 0, so that other blocks take
 *     no memory
 */
record ProgramSlice(
    List<Op> ops, List<Op> appending, Set<Slot> in, Set<Slot> out, KvShape kvShape) {

  /**
   * @param from a {@link ProgramLayout#cut}
   * @param to likewise, after {@code from}
   * @param shape of the whole model's KV cache
   */
  static ProgramSlice of(ProgramLayout layout, int from, int to, KvShape shape) {
    KvBlocks blocks = KvBlocks.of(layout.ops().subList(from, to), shape);
    List<Op> ops = blocks.ops;
    int appending = Math.clamp(layout.kvEnd() - from, 0, ops.size());
    return new ProgramSlice(
        ops,
        List.copyOf(ops.subList(0, appending)),
        Liveness.live(layout.ops(), from),
        Liveness.live(layout.ops(), to),
        blocks.shape);
  }

  /**
   * A slice that runs all operations for every token.
   *
   * @param out slots to store at the end
   * @param shape of the whole model's KV cache
   */
  static ProgramSlice whole(List<Op> ops, Set<Slot> out, KvShape shape) {
    KvBlocks blocks = KvBlocks.of(ops, shape);
    return new ProgramSlice(blocks.ops, blocks.ops, Liveness.live(ops, 0), out, blocks.shape);
  }

  /** Operations whose KV caches are those of the blocks within, numbered from 0. */
  private record KvBlocks(List<Op> ops, KvShape shape) {
    static KvBlocks of(List<Op> ops, KvShape shape) {
      List<Op> renumbered = new ArrayList<>();
      int first = -1;
      int layers = 0;
      for (Op op : ops) {
        if (op instanceof Op.AppendKv append) {
          first = first < 0 ? append.layer() : first;
          layers = append.layer() - first + 1;
        }
        renumbered.add(op instanceof Op.KvOp kv ? kv.onLayer(kv.layer() - first) : op);
      }
      return new KvBlocks(
          List.copyOf(renumbered),
          new KvShape(layers, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
    }
  }

  /**
   * The slice of the hoisted operations.
   *
   * @param from position of the edit, after which they come in the program
   * @param shape of the whole model's KV cache
   */
  static ProgramSlice of(HoistedSuffix hoisted, int from, KvShape shape) {
    Set<Slot> out = new LinkedHashSet<>();
    hoisted.ops().forEach(op -> out.addAll(op.writes()));
    out.retainAll(Liveness.live(hoisted.rest(), from));
    return new ProgramSlice(
        hoisted.ops(),
        hoisted.ops(),
        Liveness.live(hoisted.ops(), 0),
        out,
        new KvShape(0, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
  }

  /** Returns the operations to run for a batch. */
  List<Op> ops(boolean logitRows) {
    return logitRows ? ops : appending;
  }
}
