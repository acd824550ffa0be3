package rankine.engine.report.page;

import rankine.engine.edit.Edit;
import rankine.engine.sweep.EditTarget;
import rankine.engine.sweep.TaskVersion;

/** Names for people. */
final class DisplayNames {
  private DisplayNames() {}

  /** {@code cb (paper)}. */
  static String of(TaskVersion task) {
    return task.name() + " (" + task.version() + ")";
  }

  /** {@code layer 26, mlp}. */
  static String of(EditTarget site) {
    String layer = site.layer() == Edit.EVERY_LAYER ? "every layer" : "layer " + site.layer();
    return layer + ", " + site.modules().name();
  }

  /** {@code 26} or {@code every}. */
  static String layer(int layer) {
    return layer == Edit.EVERY_LAYER ? "every" : Integer.toString(layer);
  }
}
