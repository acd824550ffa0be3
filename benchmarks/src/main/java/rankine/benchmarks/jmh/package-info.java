/**
 * JMH benchmarks of single kernels through the public interface of a backend; {@code benchmarks/jmh
 * PATTERN} runs them. Comparisons with other engines belong in the parent package.
 */
package rankine.benchmarks.jmh;
