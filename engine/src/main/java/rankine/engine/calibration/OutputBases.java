package rankine.engine.calibration;

import java.util.Optional;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.BoundedCache;
import rankine.kernels.Matrix;

/**
 * Bases of recent matrices of one model, up to 1 GiB: a basis serves every rank, so that a search
 * over rates reads the calibration text once. Only bases that depend on the original model alone.
 */
public final class OutputBases {
  private static final long MAX_BYTES = 1L << 30;

  private record BasisKey(Matrix matrix, EditMethod method, Calibration calibration) {}

  private final BoundedCache<BasisKey, OutputBasis> cache =
      new BoundedCache<>(MAX_BYTES, OutputBasis::bytes);

  /** Returns whether the bases of a method do not depend on other edits. */
  private static boolean isIndependent(EditMethod method, Calibration calibration) {
    return method != EditMethod.ANCHORED && calibration.sequential() == Calibration.Sequential.NONE;
  }

  synchronized Optional<OutputBasis> get(
      Matrix matrix, EditMethod method, Calibration calibration) {
    return cache.get(new BasisKey(matrix, method, calibration));
  }

  synchronized void put(
      Matrix matrix, EditMethod method, Calibration calibration, OutputBasis basis) {
    BasisKey key = new BasisKey(matrix, method, calibration);
    if (isIndependent(method, calibration) && cache.get(key).isEmpty()) {
      cache.put(key, basis);
    }
  }
}
