/**
 * Side-by-side runs of Rankine and other engines on one machine, and what they need: random
 * checkpoints, worker processes, the machine's own limits, a table of ratios.
 *
 * <p>Nothing here is part of the product, and no product module may depend on it.
 *
 * <p>{@link rankine.benchmarks.SideBySide} is the driver. Every contender is a process of its own
 * (a "worker") that reads one JSON object a line on its standard input, does what it says, and
 * answers with one JSON object a line; times are taken inside the worker by a monotonic clock. A
 * further rival is a program that speaks the same lines and an entry in {@link
 * rankine.benchmarks.Contenders}.
 */
package rankine.benchmarks;
