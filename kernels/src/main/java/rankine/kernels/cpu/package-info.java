/**
 * The two backends on the CPU. {@link rankine.kernels.cpu.CpuBackend} runs programs; what differs
 * between {@code scalar} and {@code vector} is behind {@link rankine.kernels.cpu.CpuKernels}.
 *
 * <p>Weights are read where they lie (memory-mapped, in their stored type) and never expanded
 * whole; rows of embeddings are read from the file. Activations are Java arrays.
 */
package rankine.kernels.cpu;
