package rankine.engine.calibration;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import rankine.common.io.Sha256;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * The keys of the bases of one pass, by the name of the matrix: hashes of all that determines the
 * bits but the model. These are the method, the ids of the calibration windows, the backend and,
 * where the inputs are those of a compressed model, its mode and every matrix compressed before,
 * with rank and form.
 */
final class BasisKeys {
  private final Map<String, String> keys = new HashMap<>();

  /**
   * Computes the keys.
   *
   * @param edits of the selected matrices, by name
   * @param backend its name
   */
  BasisKeys(
      Model model, EditPlan plan, Map<String, Edit> edits, List<int[]> windows, String backend) {
    Calibration calibration = plan.calibration().orElseThrow();
    boolean anchored = plan.method() == EditMethod.ANCHORED;
    boolean original = !anchored && calibration.sequential() == Calibration.Sequential.NONE;
    String mode = anchored ? "anchor " + calibration.anchor() : calibration.sequential().label();
    String head = "%s\n%s\n%s\n%s\n".formatted(plan.method().label(), mode, backend, hash(windows));
    StringBuilder before = new StringBuilder();
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear && edits.containsKey(linear.name())) {
          String name = linear.name();
          keys.put(name, Sha256.hex(head + name + "\n" + (original ? "" : before)));
          Matrix w = linear.weight().source();
          int rank = edits.get(name).removal().rank(w.rows(), w.cols());
          boolean factors = plan.factored().keepsFactors(rank, w.rows(), w.cols());
          before.append(
              String.format(
                  Locale.ROOT, "%s rank %d %s\n", name, rank, factors ? "factors" : "dense"));
        }
      }
    }
  }

  private static String hash(List<int[]> windows) {
    Sha256 sha256 = new Sha256();
    for (int[] ids : windows) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * (ids.length + 1)).putInt(ids.length);
      for (int id : ids) {
        bytes.putInt(id);
      }
      sha256.add(bytes.flip());
    }
    return sha256.hex();
  }

  String of(String matrix) {
    return keys.get(matrix);
  }
}
