package rankine.engine.edit;

import rankine.engine.lowrank.PruningRate;
import rankine.kernels.Matrix;

/** A method of editing one matrix. */
public interface MatrixEditor {
  /**
   * What takes the place of {@code w}, always derived from the original.
   *
   * @param name of the matrix, for messages
   * @param w [m, n], which stays as it is
   * @param rate in (0, 1)
   */
  Replacement edit(String name, Matrix w, PruningRate rate);
}
