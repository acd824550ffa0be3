/**
 * Activation-aware low-rank compression: replacements of matrices that keep what a matrix puts out
 * on the inputs of a calibration text, rather than the matrix itself.
 *
 * <p>With H the second moment of a matrix's inputs, the best W' of rank k is {@code U_k U_kᵀ W},
 * U_k the leading eigenvectors of {@code W H Wᵀ}. Every method here is this rule with its own H and
 * W ({@link rankine.engine.calibration.InputMoments}), so none needs the inverse of a whitening
 * matrix, and none a pseudo-inverse.
 *
 * <p>Reading order: {@link rankine.engine.calibration.CalibratedCompression} walks through the
 * layers, {@link rankine.engine.calibration.InputMoments} gathers the statistics, {@link
 * rankine.engine.calibration.OutputBasis} truncates.
 *
 * <p>Not here: what to edit and by which method ({@code rankine.engine.edit}), texts and tokenizers
 * ({@code rankine.engine.run}).
 */
package rankine.engine.calibration;
