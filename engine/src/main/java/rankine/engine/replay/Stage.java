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
record Stage(List<Op> ops, List<Op> appending, Set<Slot> in, Set<Slot> out, KvShape keysValues) {

  /**
   * @param from a place where the work can be cut
   * @param to likewise, behind it
   * @param shape of a sequence of the whole model
   */
  static Stage of(Course course, int from, int to, KvShape shape) {
    List<Op> ops = new ArrayList<>();
    int first = -1;
    int layers = 0;
    for (Op op : course.ops().subList(from, to)) {
      switch (op) {
        case Op.StoreKeysValues(int layer, Slot keys, Slot values) -> {
          first = first < 0 ? layer : first;
          layers = layer - first + 1;
          ops.add(new Op.StoreKeysValues(layer - first, keys, values));
        }
        case Op.Attend(int layer, Slot queries, int heads, float scale, Slot out) ->
            ops.add(new Op.Attend(layer - first, queries, heads, scale, out));
        default -> ops.add(op);
      }
    }
    int appending = Math.clamp(course.stored() - from, 0, ops.size());
    return new Stage(
        List.copyOf(ops),
        List.copyOf(ops.subList(0, appending)),
        Flow.live(course.ops(), from),
        Flow.live(course.ops(), to),
        new KvShape(layers, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
  }

  /**
   * What is done ahead.
   *
   * @param from the place behind which it stood
   * @param shape of a sequence of the whole model
   */
  static Stage of(Ahead ahead, int from, KvShape shape) {
    Set<Slot> left = new LinkedHashSet<>();
    ahead.ops().forEach(op -> left.addAll(Flow.writes(op)));
    left.retainAll(Flow.live(ahead.rest(), from));
    return new Stage(
        ahead.ops(),
        ahead.ops(),
        Flow.live(ahead.ops(), 0),
        left,
        new KvShape(0, shape.kvHeads(), shape.headDim(), shape.maxPositions()));
  }

  /** The operations for a batch. */
  List<Op> ops(boolean wanted) {
    return wanted ? ops : appending;
  }
}
