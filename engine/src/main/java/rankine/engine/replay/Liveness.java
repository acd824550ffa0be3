package rankine.engine.replay;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/** Liveness analysis of programs: slots that are live between two operations. */
final class Liveness {
  private Liveness() {}

  /** Returns the slots that the operations from {@code at} on read before they write them. */
  static Set<Slot> live(List<Op> program, int at) {
    Set<Slot> live = new LinkedHashSet<>();
    for (int i = program.size() - 1; i >= at; i--) {
      program.get(i).writes().forEach(live::remove);
      live.addAll(program.get(i).reads());
    }
    return live;
  }
}
