package rankine.engine.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A paired comparison of two runs on the same examples, or the same windows of a text. */
public sealed interface RunComparison permits PairedComparison, WindowComparison {
  /** The number of examples, or of windows. */
  int n();

  /** Whether the second run is better, in what {@link #pValue} tests. */
  boolean secondIsBetter();

  /** The two-sided p-value of the runs being equally good. */
  double pValue();

  /** The 95 % interval of the second run's {@link Score#value} minus the first's. */
  Interval interval();

  /** The whole comparison; keys in snake case. */
  ObjectNode toJson();
}
