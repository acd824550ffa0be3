package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Weight;

/**
 * W = left · right, for a checkpoint that stores the factors instead of W. Architectures use it
 * like any weight; {@link #expanded} turns each into two thin products before the model runs.
 *
 * @param left [m, k]
 * @param right [k, n]
 */
record FactoredWeight(Weight left, Weight right) implements Weight {
  @Override
  public int rows() {
    return left.rows();
  }

  @Override
  public int cols() {
    return right.cols();
  }

  @Override
  public Matrix source() {
    throw new IllegalStateException("a factored weight has no dense matrix");
  }

  /** Returns the model with every factored linear layer split into two products. */
  static Model expanded(Model model) {
    List<List<Op>> layers = new ArrayList<>();
    for (List<Op> layer : model.layers()) {
      List<Op> program = new ArrayList<>();
      for (Op op : layer) {
        if (op instanceof Op.Linear linear
            && linear.weight() instanceof FactoredWeight(Weight left, Weight right)) {
          program.addAll(FactoredLinear.of(linear, left, right));
        } else {
          program.add(op);
        }
      }
      layers.add(program);
    }
    return new Model(
        model.config(),
        model.embedding(),
        layers,
        model.head(),
        model.logits(),
        model.longContext());
  }
}
