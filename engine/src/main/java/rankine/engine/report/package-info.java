/**
 * The numbers of a run, worked out for a reader: what was chosen on validation, what that does on
 * test, with intervals and tests, and how much was tried to find it.
 *
 * <p>Everything here is a figure: read by {@link rankine.engine.sweep}, compared by {@link
 * rankine.engine.stats}. How a page looks is {@link rankine.engine.report.page}'s, which shows
 * these figures and makes none. Nothing here touches files.
 */
package rankine.engine.report;
