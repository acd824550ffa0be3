package rankine.engine.icl;

import java.util.List;

/**
 * The number and order of a task's demonstrations.
 *
 * @param shots default number of demonstrations per class (in total if {@code order} is empty)
 * @param order the classes in the order in which they alternate; empty if rows are drawn whatever
 *     their class
 * @param inFileOrder whether the first rows are taken, not drawn by the seed; only if {@code order}
 *     is empty
 * @param onlyFirst whether to draw {@code shots} per class but show only the first {@code shots} in
 *     total, as the reference code does
 */
record DemonstrationRule(int shots, List<Integer> order, boolean inFileOrder, boolean onlyFirst) {

  /** Returns the number of rows drawn for {@code k} shots. */
  int drawn(int k) {
    return order.isEmpty() ? k : Math.multiplyExact(k, order.size());
  }

  /** Returns how many of the rows drawn for {@code k} shots the prompt shows. */
  int shown(int k) {
    return onlyFirst ? k : drawn(k);
  }
}
