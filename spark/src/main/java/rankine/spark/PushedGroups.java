package rankine.spark;

import java.util.List;
import java.util.function.Consumer;
import rankine.engine.sweep.GroupAssignment;
import rankine.engine.sweep.GroupEngine;

/** Groups whose lines are in a remote folder before the next are written. */
record PushedGroups(GroupEngine engine, RemoteRun run) implements GroupEngine {
  @Override
  public void evaluate(
      String identity, List<GroupAssignment> assignments, Consumer<List<String>> finished) {
    run.push(); // whose run it is, before any work
    engine.evaluate(
        identity,
        assignments,
        lines -> {
          finished.accept(lines);
          run.push();
        });
  }
}
