/**
 * A grid of evaluations (every task, seed, layer, module and rate), kept in a run folder while it
 * runs, so that a process that was killed, or one of many, goes on where the folder ends.
 *
 * <p>Here live the grid and its groups, the folder's files with their reader and writer, and the
 * loop that fills them. How a variant is evaluated is {@link rankine.engine.search}'s; how a run
 * folder looks on a page is not known here.
 *
 * <p>A run folder holds {@code run.json}, the run's identity, and for each shard {@code
 * cells-I-of-N.jsonl}: one {@link rankine.engine.sweep.RunLine} a line, each on the disk before the
 * next is begun. A line that was torn by a crash is the last of its file; it is not read, and cut
 * off before the file grows again.
 */
package rankine.engine.sweep;
