/**
 * Benchmarks of Rankine against other engines on one machine. No product module may depend on this
 * package.
 *
 * <p>Reading order: {@link rankine.benchmarks.SideBySide}, the driver; {@code Contenders} and
 * {@code WorkerProcess}; the parts of a run ({@code ModelRuns}, {@code KernelRuns}, {@code
 * AttentionRuns}, {@code SvdRuns}, {@code SearchRuns}, {@code CostRuns}, {@code MemoryRuns}) with
 * {@code Interleaved}, which measures them; the workers ({@code EngineWorker}, {@code
 * KernelWorker}, {@code LlamaCppWorker}); the random checkpoints; {@code Results} and {@code
 * BenchmarkReport}.
 *
 * <p>Every contender is a process of its own, a worker: it reads one JSON object per line on stdin
 * and answers with one per line on stdout. Times are measured inside the worker by a monotonic
 * clock. To add a rival, write a program with this protocol and a method in {@code Contenders}.
 */
package rankine.benchmarks;
