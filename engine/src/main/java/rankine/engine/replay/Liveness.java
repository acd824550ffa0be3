package rankine.engine.replay;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Liveness analysis of programs: slots that operations read and write, and slots that are live
 * between two operations.
 */
final class Liveness {
  private Liveness() {}

  /** Returns the slots whose content the operation depends on. */
  static List<Slot> reads(Op op) {
    return switch (op) {
      case Op.Embed _ -> List.of();
      case Op.AddPosition o -> List.of(o.inOut());
      case Op.LayerNorm o -> List.of(o.in());
      case Op.RmsNorm o -> List.of(o.in());
      case Op.Linear o -> o.accumulate() ? List.of(o.in(), o.out()) : List.of(o.in());
      case Op.Rotary o -> List.of(o.inOut());
      case Op.AppendKv o -> List.of(o.keys(), o.values());
      case Op.Attention o -> List.of(o.queries());
      case Op.Gelu o -> List.of(o.inOut());
      case Op.SwiGlu o -> List.of(o.inOut(), o.up());
      case Op.GatherRows o -> List.of(o.in());
    };
  }

  /** Returns the slots that the operation writes; it writes every row of them. */
  static List<Slot> writes(Op op) {
    return switch (op) {
      case Op.Embed o -> List.of(o.out());
      case Op.AddPosition o -> List.of(o.inOut());
      case Op.LayerNorm o -> List.of(o.out());
      case Op.RmsNorm o -> List.of(o.out());
      case Op.Linear o -> List.of(o.out());
      case Op.Rotary o -> List.of(o.inOut());
      case Op.AppendKv _ -> List.of();
      case Op.Attention o -> List.of(o.out());
      case Op.Gelu o -> List.of(o.inOut());
      case Op.SwiGlu o -> List.of(o.inOut());
      case Op.GatherRows o -> List.of(o.out());
    };
  }

  /** Returns the slots that the operations from {@code at} on read before they write them. */
  static Set<Slot> live(List<Op> program, int at) {
    Set<Slot> live = new LinkedHashSet<>();
    for (int i = program.size() - 1; i >= at; i--) {
      writes(program.get(i)).forEach(live::remove);
      live.addAll(reads(program.get(i)));
    }
    return live;
  }
}
