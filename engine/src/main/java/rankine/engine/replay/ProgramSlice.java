package rankine.engine.replay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Operations from one place of a program to another, with what crosses its two ends.
 *
 * @param ops for a batch with wanted rows
 * @param appending for a batch without: no further than the last keys and values
 * @param in slots that hold something when it begins
 * @param out slots that something behind it reads
 * @param keysValues of the blocks within: numbered from 0, for the others need no room
 */
record ProgramSlice(
    List<Op> ops, List<Op> appending, Set<Slot> in, Set<Slot> out, KvShape keysValues) {

  /**
   * @param from a place where the work can be cut
   * @param to likewise, behind it
   * @param shape of a sequence of the whole model
   */
  static ProgramSlice of(ProgramLayout course, int from, int to, KvShape shape) {
    List<Op> ops = new ArrayList<>();
    int first = -1;
    int layers = 0;
    for (Op op : course.ops().subList(from, to)) {
      switch (op) {
        case Op.AppendKv(int layer, Slot keys, Slot values) -> {
          first = first < 0 ? layer : first;
          layers = layer - first + 1;
          ops.add(new Op.AppendKv(layer - first, keys, values));
        }
        case Op.Attention(int layer, Slot queries, int heads, float scale, Slot out) ->
            ops.add(new Op.Attention(layer - first, queries, heads, scale, out));
        default -> ops.add(op);
      }
    }
    int appending = Math.clamp(course.stored() - from, 0, ops.size());
    return new ProgramSlice(
        List.copyOf(ops),
        List.copyOf(ops.subList(0, appending)),
        Liveness.live(course.ops(), from),
        Liveness.live(course.ops(), to),
        new KvShape(layers, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
  }

  /**
   * What is done ahead.
   *
   * @param from the place behind which it stood
   * @param shape of a sequence of the whole model
   */
  static ProgramSlice of(HoistedSuffix ahead, int from, KvShape shape) {
    Set<Slot> left = new LinkedHashSet<>();
    ahead.ops().forEach(op -> left.addAll(Liveness.writes(op)));
    left.retainAll(Liveness.live(ahead.rest(), from));
    return new ProgramSlice(
        ahead.ops(),
        ahead.ops(),
        Liveness.live(ahead.ops(), 0),
        left,
        new KvShape(0, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
  }

  /** The operations for a batch. */
  List<Op> ops(boolean logitRows) {
    return logitRows ? ops : appending;
  }
}
