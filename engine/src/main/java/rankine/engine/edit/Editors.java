package rankine.engine.edit;

import rankine.common.EditException;

/** Creates the editor of a method. */
public final class Editors {
  private Editors() {}

  /**
   * Returns the editor for a plan.
   *
   * @param decompositions of the model's matrices, shared by all plans for the model
   * @throws EditException for a method that needs a calibration
   */
  public static MatrixEditor of(EditPlan plan, Decompositions decompositions) {
    return switch (plan.method()) {
      case EXACT, RANDOMIZED -> new SvdEditor(decompositions, plan);
      case MAGNITUDE -> new MagnitudeEditor();
      case ZERO -> new ZeroEditor();
      case ASVD, WHITENED, ANCHORED ->
          throw new EditException(
              "method: expected one without calibration here, found " + plan.method().label());
    };
  }
}
