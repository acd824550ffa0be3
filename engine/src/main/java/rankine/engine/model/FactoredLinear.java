package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** How a product with W = left · right runs, and how the factors are named. */
public final class FactoredLinear {
  /** What follows the name of W, or of the tensor that holds it, in the name of the left factor. */
  public static final String LEFT = ".left";

  /** The same of the right factor. */
  public static final String RIGHT = ".right";

  private FactoredLinear() {}

  /**
   * Two products in the place of {@code whole}: its name with {@code .right} and {@code .left}.
   *
   * @param left [m, k], W [m, n]
   * @param right [k, n]
   */
  public static List<Op> thin(Op.Linear whole, Weight left, Weight right) {
    Slot mid = new Slot(whole.name() + ".mid", whole.in().rows(), left.cols());
    return List.of(
        new Op.Linear(whole.name() + RIGHT, whole.in(), right, Optional.empty(), false, mid),
        new Op.Linear(
            whole.name() + LEFT, mid, left, whole.bias(), whole.accumulate(), whole.out()));
  }

  /** Whether {@code op} is the second of the two products that stand for matrix {@code name}. */
  public static boolean isLeftOf(String name, Op.Linear op) {
    return op.name().equals(name + LEFT);
  }
}
