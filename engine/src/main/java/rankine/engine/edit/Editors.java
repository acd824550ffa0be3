package rankine.engine.edit;

/** The editor of each method. */
public final class Editors {
  private Editors() {}

  /** The editor that a plan asks for. */
  public static MatrixEditor of(EditPlan plan) {
    return switch (plan.method()) {
      case EXACT, RANDOMIZED ->
          (w, rate) -> {
            throw new EditException(
                "method %s: expected magnitude or zero, for this version has no SVD yet"
                    .formatted(plan.method().label()));
          };
      case MAGNITUDE -> new MagnitudeEditor();
      case ZERO -> new ZeroEditor();
    };
  }
}
