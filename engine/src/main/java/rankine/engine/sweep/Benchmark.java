package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What edits are evaluated on: a task, or a text to choose on with one to test on. */
public sealed interface Benchmark permits TaskVersion, TextPair {
  /** Adds the keys that identify it. */
  void addTo(ObjectNode json);
}
