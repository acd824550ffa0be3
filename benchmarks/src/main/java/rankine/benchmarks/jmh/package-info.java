/**
 * JMH benchmarks of single kernels, through the public interface of a backend; {@code
 * benchmarks/jmh PATTERN} runs them. Whole models are measured side by side, in the package above.
 */
package rankine.benchmarks.jmh;
