package rankine.engine.edit;

import rankine.engine.lowrank.Removal;
import rankine.kernels.Matrix;

/** Edits one matrix by one method. */
public interface MatrixEditor {
  /**
   * Computes the replacement of the original matrix {@code w}.
   *
   * @param name name of the matrix, for error messages
   * @param w [m, n], not modified
   * @param removal not {@link Removal#isZero}
   * @throws rankine.common.EditException for elements that are not finite
   */
  Replacement edit(String name, Matrix w, Removal removal);
}
