package rankine.engine.icl;

import java.util.List;

/**
 * How demonstrations are chosen and laid out.
 *
 * @param shots how many a class (in total if {@code order} is empty), unless the user says
 * @param order the classes in the order in which they take turns; empty in a task without classes
 * @param onlyFirst of the {@code shots} a class that are drawn and laid out, show only the first
 *     {@code shots} in all, as the reference code does
 */
record DemonstrationRule(int shots, List<Integer> order, boolean onlyFirst) {

  /** How many rows are drawn for {@code k} shots. */
  int drawn(int k) {
    return order.isEmpty() ? k : Math.multiplyExact(k, order.size());
  }

  /** How many of the rows drawn for {@code k} shots are shown. */
  int shown(int k) {
    return onlyFirst ? k : drawn(k);
  }
}
