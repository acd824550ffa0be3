/**
 * The CPU backends {@code scalar} and {@code vector}, which run programs operation by operation,
 * and their dense linear algebra.
 *
 * <p>Here live the kernels and the buffers that they work on. Model structure, checkpoints and
 * tokenizers may not: a kernel sees arrays, {@link rankine.kernels.Matrix} and {@link
 * rankine.kernels.Op}. {@code docs/gemm.md} describes the linear layers on one page.
 *
 * <p>In reading order: {@link rankine.kernels.cpu.CpuBackend} runs a program on {@code
 * CpuActivations} and {@code CpuKvCache} with a thread team, {@code Workers}; {@code CpuKernels} is
 * the arithmetic, implemented by {@code ScalarKernels} (the oracle) and {@code VectorKernels};
 * {@code VectorLinear} chooses the GEMM or GEMV of a linear layer; {@code AttentionOp} and {@code
 * RowWiseOp} run the other operations; {@code CpuMatrixOps} has the matrix operations of the
 * decompositions, with {@code Float64Gemm} and {@code Tridiagonal}.
 *
 * <p>Weights are read as stored (memory-mapped, in their own type) and never expanded whole; rows
 * of embeddings are read from the file. Activations are Java arrays. "Widen" means to convert to
 * float32.
 */
package rankine.kernels.cpu;
