/**
 * The kernel-level study of edits. For the matrices of a module and each pruning rate it measures
 * the error of the matrix, the error of its output on real activations, the change of the final
 * logits and predictions, and the cost and time of each kernel, dense and factored.
 *
 * <p>{@link rankine.engine.profile.Profile} runs a {@link rankine.engine.profile.ProfileRequest}
 * and returns a {@link rankine.engine.profile.ProfileResult}. {@code MatrixStudy} measures matrix
 * and output errors, {@code LogitStudy} and {@code ExampleStudy} the whole model, {@code
 * KernelStudy} time; the other types are their results. A repeated study on one backend gives the
 * same bits, except times.
 *
 * <p>Not here: the computation of an edit (edit, lowrank), the evaluation of a task (icl), text
 * output (cli). Computations on activations run as programs on the {@link rankine.kernels.Backend};
 * only norms and divergences are summed here, in float64.
 */
package rankine.engine.profile;
