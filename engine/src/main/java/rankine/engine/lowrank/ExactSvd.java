package rankine.engine.lowrank;

import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/**
 * All singular triplets that differ from rounding (relative to σ₁, {@link GramSvd#FLOOR}), by the
 * eigenvalues of the Gram matrix of the shorter side, formed and solved in float64.
 *
 * <p>Why this and not a bidiagonalisation: squaring the condition number costs half of the digits,
 * and float64 has twice those of the float32 data, so every singular value still comes out to about
 * {@code 3e-8 · σ₁}, below the rounding of the data. In return the long side is touched by two
 * matrix products only, everything else has the size of the short side, and a device that has no
 * factorisation routines can do it. What is small against σ₁ is solved again on its own subspace
 * (see {@link GramSvd}), so singular vectors of small values are as orthogonal as the rest.
 */
public record ExactSvd() implements SvdMethod {
  @Override
  public Svd decompose(String name, Matrix w, Backend backend) {
    try (ScaledMatrix a = ScaledMatrix.of(name, w, backend)) {
      return a.finish(GramSvd.of(a.weight(), backend.matrices()), false);
    }
  }

  @Override
  public String key() {
    return "exact 1";
  }
}
