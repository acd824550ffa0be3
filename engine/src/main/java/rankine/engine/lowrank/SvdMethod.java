package rankine.engine.lowrank;

import rankine.common.EditException;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/** A method for the singular value decomposition. */
public sealed interface SvdMethod permits ExactSvd, RandomizedSvd {
  /**
   * Decomposes a matrix. The same inputs give the same bits on one backend, for every number of
   * threads.
   *
   * @param name name of the matrix, for error messages
   * @param w [m, n], read in its stored layout, not modified
   * @param backend runs the computation
   * @throws EditException if an element is not finite
   */
  Svd decompose(String name, Matrix w, Backend backend);

  /** Returns all parameters of the result besides the matrix and the backend, as a short text. */
  String key();
}
