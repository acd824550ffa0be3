package rankine.engine.edit;

import rankine.engine.lowrank.PruningRate;
import rankine.kernels.Matrix;

/** Nothing is left of W: factors of rank one, both zero. */
final class ZeroEditor implements MatrixEditor {
  @Override
  public Replacement edit(String name, Matrix w, PruningRate rate) {
    return new Replacement.FactorPair(
        Matrix.of(new float[w.rows()], w.rows(), 1), Matrix.of(new float[w.cols()], 1, w.cols()));
  }
}
