/**
 * Computes the numbers of a run's report: the rates chosen on validation, their results on test
 * with intervals and tests, and the size of the search space.
 *
 * <p>Cells come from {@link rankine.engine.sweep}, tests from {@link rankine.engine.stats}. The
 * page is {@link rankine.engine.report.page}'s, which shows these numbers and computes none.
 * Nothing here reads or writes files.
 *
 * <p>Reading order: {@link rankine.engine.report.Report}, {@link
 * rankine.engine.sweep.GroupSummary}, {@link rankine.engine.report.Headline}, {@link
 * rankine.engine.report.TaskResult}, {@link rankine.engine.report.RateCurve}, {@link
 * rankine.engine.report.PruningEffect}, {@link rankine.engine.report.SpectrumSummary}, {@link
 * rankine.engine.report.Coverage}.
 */
package rankine.engine.report;
