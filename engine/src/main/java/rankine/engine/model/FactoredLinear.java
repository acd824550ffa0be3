package rankine.engine.model;

import java.util.List;
import java.util.Optional;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/** A linear layer with W = left · right as two thin products, and the names of the factors. */
public final class FactoredLinear {
  /** Suffix of the left factor, after the name of W or of its tensor. */
  public static final String LEFT = ".left";

  /** Suffix of the right factor. */
  public static final String RIGHT = ".right";

  private FactoredLinear() {}

  /**
   * Returns the two products that replace {@code dense}; their names have the suffixes {@code
   * .right} and {@code .left}.
   *
   * @param dense linear layer with W [m, n]
   * @param left [m, k]
   * @param right [k, n]
   */
  public static List<Op> of(Op.Linear dense, Weight left, Weight right) {
    Slot projected = new Slot(dense.name() + ".projected", dense.in().rows(), left.cols());
    return List.of(
        new Op.Linear(dense.name() + RIGHT, dense.in(), right, Optional.empty(), false, projected),
        new Op.Linear(
            dense.name() + LEFT, projected, left, dense.bias(), dense.accumulate(), dense.out()));
  }

  /** Returns whether {@code op} is the product with the left factor of matrix {@code name}. */
  public static boolean isLeftOf(String name, Op.Linear op) {
    return op.name().equals(name + LEFT);
  }
}
