package rankine.engine.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Restricts the last block and the head to the logit rows: after the keys and values of the last
 * block, no operation reads any other row. The operations per row and their order are unchanged, so
 * the results have the same bits.
 */
final class LastLayer {
  private final List<Op> program = new ArrayList<>();

  /** Maps each slot with one row per token to its slot with one row per logit row. */
  private final Map<Slot, Slot> logitRowSlots = new LinkedHashMap<>();

  private LastLayer() {}

  /**
   * Returns the last block followed by the head.
   *
   * @param layer a block, unchanged up to its {@link Op.AppendKv}
   * @param head starts with the {@link Op.GatherRows} of the residual stream, which becomes
   *     redundant
   */
  static List<Op> withHead(List<Op> layer, List<Op> head) {
    LastLayer last = new LastLayer();
    List<Op> prefix = upToAppendKv(layer);
    last.program.addAll(prefix);
    for (Op op : layer.subList(prefix.size(), layer.size())) {
      last.program.add(last.onLogitRows(op));
    }
    for (Op op : head) {
      if (op instanceof Op.GatherRows(Slot in, Slot out)) {
        last.logitRowSlots.put(out, last.read(in));
      } else {
        last.program.add(last.onLogitRows(op));
      }
    }
    return List.copyOf(last.program);
  }

  /** Returns the operations of a block up to its {@link Op.AppendKv}. */
  static List<Op> upToAppendKv(List<Op> layer) {
    for (int i = 0; i < layer.size(); i++) {
      if (layer.get(i) instanceof Op.AppendKv) {
        return layer.subList(0, i + 1);
      }
    }
    throw new IllegalArgumentException("a block without AppendKv");
  }

  private Op onLogitRows(Op op) {
    if (op.tokenRowsOnly()) {
      throw new IllegalArgumentException("after the AppendKv of a block: " + op);
    }
    op.reads().forEach(this::read);
    return op.withSlots(this::write);
  }

  /** Returns the slot with the logit rows of {@code slot}; the first read adds a GatherRows. */
  private Slot read(Slot slot) {
    Slot existing = logitRowSlots.get(slot);
    if (existing != null) {
      return existing;
    }
    Slot logitRows = write(slot);
    program.add(new Op.GatherRows(slot, logitRows));
    return logitRows;
  }

  private Slot write(Slot slot) {
    return logitRowSlots.computeIfAbsent(slot, s -> Slot.logitRows(s.name(), s.width()));
  }
}
