package rankine.engine.edit;

/** The editor of each method. */
public final class Editors {
  private Editors() {}

  /**
   * The editor that a plan asks for.
   *
   * @param decompositions of the model's matrices, shared by all plans for it
   */
  public static MatrixEditor of(EditPlan plan, Decompositions decompositions) {
    return switch (plan.method()) {
      case EXACT, RANDOMIZED -> new SvdEditor(decompositions, plan);
      case MAGNITUDE -> new MagnitudeEditor();
      case ZERO -> new ZeroEditor();
    };
  }
}
