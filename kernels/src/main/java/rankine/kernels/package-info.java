/**
 * The backend interface and the data it exchanges: programs of operations, weights, batches, KV
 * caches. This module does dense maths on buffers; it knows nothing of text, checkpoints or tasks.
 *
 * <p>Read in this order: {@link rankine.kernels.Op} and {@link rankine.kernels.Slot} (a program),
 * {@link rankine.kernels.Matrix} and {@link rankine.kernels.Weight} (its parameters), {@link
 * rankine.kernels.Batch}, {@link rankine.kernels.KvCache} and {@link rankine.kernels.Activations}
 * (its inputs and state), {@link rankine.kernels.Backend} (the interface), {@link
 * rankine.kernels.MatrixOps} (linear algebra for decompositions), {@link rankine.kernels.Backends}
 * (selection; {@link rankine.kernels.BackendProvider} for devices).
 *
 * <p>The CPU backends {@code scalar} (plain loops, the oracle) and {@code vector} (Vector API, many
 * threads) live in {@code rankine.kernels.cpu}, the device backend in {@code
 * rankine.kernels.tornado}. No backend is implemented here, only what all of them share ({@code
 * Gaussian}, {@code SparseSketch}, {@code CholeskyQr}), and nothing outside this module imports
 * {@code jdk.incubator.vector}.
 */
package rankine.kernels;
