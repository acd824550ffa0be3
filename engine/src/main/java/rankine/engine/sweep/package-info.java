/**
 * Evaluates a grid of tasks and texts, and of rates of layers and modules or ratios of the whole
 * model, and stores each result in a run folder, so that a killed process, or one of many,
 * continues where the folder ends.
 *
 * <p>The grid and its search keys, the folder's files with their reader and writer, and the loop
 * that fills them, in a folder or in memory, live here, and so does Algorithm 1's choice of a rate.
 * Evaluating a variant is {@link rankine.engine.run}'s, and the page of a run folder {@code
 * rankine.engine.report}'s.
 *
 * <p>A run folder holds {@code run.json}, the run's identity, and for each shard {@code
 * cells-I-of-N.jsonl}: one {@link rankine.engine.sweep.RunLine} per line, each forced to disk
 * before the next evaluation. A line torn by a crash is the last of its file; readers skip it, and
 * the writer truncates it before it appends.
 *
 * <p>Reading order: {@link rankine.engine.sweep.SweepRequest}, {@link
 * rankine.engine.sweep.SweepGrid}, {@link rankine.engine.sweep.SearchKey}, {@link
 * rankine.engine.sweep.Benchmark}, {@link rankine.engine.sweep.EditTarget}, {@link
 * rankine.engine.sweep.CellKey}, {@link rankine.engine.sweep.Cell} with its {@link
 * rankine.engine.sweep.EvaluationRecord}, {@link rankine.engine.sweep.Sweep} and {@code CellLoop};
 * then the files: {@code RunFolderStart}, {@link rankine.engine.sweep.RunIdentity}, {@code
 * CellsFile}, {@code CellsReader}, {@code RunIndex}, {@link rankine.engine.sweep.RunFolder}; then
 * the results: {@link rankine.engine.sweep.SweepRun}, {@link rankine.engine.sweep.GroupResult},
 * {@link rankine.engine.sweep.GroupSummary}, {@link rankine.engine.sweep.SweepSummary}; in memory
 * {@link rankine.engine.sweep.SearchGroup}.
 */
package rankine.engine.sweep;
