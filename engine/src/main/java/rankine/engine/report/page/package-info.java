/**
 * A report as one HTML page, with its charts. The template, style sheet and script are resources of
 * this package; each section is a class that writes the content of one slot of the template.
 *
 * <p>Numbers are computed in {@link rankine.engine.report}; here they are rounded, labelled and
 * drawn. All text goes through {@code Markup}, which escapes it. The page is the only file written.
 *
 * <p>Reading order: {@link rankine.engine.report.page.ReportPage}, {@code PageTemplate}, {@code
 * Markup}; the sections {@code RunFacts}, {@code CoverageSection}, {@code ResultsSection} with
 * {@code Verdict}, {@code CurvesSection} with {@code RatePanel}, {@code HeatMapSection}, {@code
 * SpectraSection} with {@code SpectrumPanel}, {@code GroupsSection}, {@code ManifestSection};
 * {@link rankine.engine.report.page.PageFile}.
 */
package rankine.engine.report.page;
