package rankine.engine.model;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Weight;

/**
 * W = left · right where a checkpoint holds the factors instead of W. Architectures name it as any
 * weight; before a model runs, {@link #expanded} makes two thin products of it.
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
    throw new IllegalStateException("factors have no matrix");
  }

  /** The model with every factored product in two. */
  static Model expanded(Model model) {
    List<List<Op>> layers = new ArrayList<>();
    for (List<Op> layer : model.layers()) {
      List<Op> program = new ArrayList<>();
      for (Op op : layer) {
        if (op instanceof Op.Linear linear
            && linear.weight() instanceof FactoredWeight(Weight left, Weight right)) {
          program.addAll(FactoredLinear.thin(linear, left, right));
        } else {
          program.add(op);
        }
      }
      layers.add(program);
    }
    return new Model(model.config(), model.embedding(), layers, model.head(), model.logits());
  }
}
