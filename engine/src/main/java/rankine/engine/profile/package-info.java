/**
 * The kernel-level study of low-rank edits: for the matrices of a module and each clipping rate,
 * how far the matrix moves, how far its output on real activations moves, what the final logits and
 * predictions make of it, and what each kernel costs and takes, dense and factored.
 *
 * <p>{@link rankine.engine.profile.Profile} runs the study. {@code Inputs} and {@code MatrixStudy}
 * measure errors, {@code LogitStudy} the whole model, {@code KernelStudy} time; the other types are
 * what they found. All but times are the same bits whenever the study is repeated on one backend.
 *
 * <p>Not here: how an edit is made (edit, lowrank), how a task is asked (icl), what a table looks
 * like (cli). Everything computed on activations runs as programs on the {@link
 * rankine.kernels.Backend}; only norms and divergences are summed here, in float64.
 */
package rankine.engine.profile;
