package rankine.engine.edit;

import rankine.common.EditException;
import rankine.engine.lowrank.Removal;
import rankine.kernels.Matrix;

/** Edits one matrix by one method. */
public interface MatrixEditor {
  /**
   * Returns the editor for a plan.
   *
   * @param decompositions of the model's matrices, shared by all plans for the model
   * @throws EditException for a method that needs a calibration
   */
  static MatrixEditor of(EditPlan plan, Decompositions decompositions) {
    return switch (plan.method()) {
      case EXACT, RANDOMIZED -> new SvdEditor(decompositions, plan);
      case MAGNITUDE -> new MagnitudeEditor();
      case ZERO -> new ZeroEditor();
      case ASVD, WHITENED, ANCHORED ->
          throw new EditException(
              "method: expected one without calibration here, found " + plan.method().label());
    };
  }

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
