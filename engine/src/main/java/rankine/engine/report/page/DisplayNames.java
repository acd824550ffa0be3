package rankine.engine.report.page;

import rankine.engine.edit.Edit;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.TaskVersion;

/** Display names of tasks, targets and layers. */
final class DisplayNames {
  private DisplayNames() {}

  /** {@code cb (paper)}. */
  static String of(TaskVersion task) {
    return task.name() + " (" + task.version() + ")";
  }

  /** {@code layer 26, mlp}. */
  static String of(EditTarget target) {
    String layer = target.layer() == Edit.EVERY_LAYER ? "every layer" : "layer " + target.layer();
    return layer + ", " + target.modules().name();
  }

  /** {@code 26} or {@code every}. */
  static String layer(int layer) {
    return layer == Edit.EVERY_LAYER ? "every" : Integer.toString(layer);
  }
}
