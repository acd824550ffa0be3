package rankine.engine.lowrank;

import rankine.common.EditException;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/** How a matrix is decomposed. */
public sealed interface SvdMethod permits ExactSvd, RandomizedSvd {
  /**
   * Decomposes a matrix. The same inputs give the same bits on one backend, whatever its threads.
   *
   * @param name of the matrix, for messages
   * @param w [m, n], read as it is stored, never changed
   * @param backend where to compute
   * @throws EditException if an element is not finite
   */
  Svd decompose(String name, Matrix w, Backend backend);

  /** Everything that the result depends on besides the matrix and the backend, in a few words. */
  String key();
}
