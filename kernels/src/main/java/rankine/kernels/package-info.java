/**
 * Dense maths on buffers. Knows nothing of text, files or tasks.
 *
 * <p>{@link rankine.kernels.Backend} is the one interface; {@code scalar} (plain loops, the oracle)
 * and {@code vector} (Vector API, many threads) implement it here. Nothing outside this module
 * imports {@code jdk.incubator.vector}.
 */
package rankine.kernels;
