package rankine.engine.report.page;

import java.util.LinkedHashMap;
import java.util.Map;
import rankine.engine.report.Report;
import rankine.engine.run.Versions;

/**
 * A report as one HTML page. It needs no network and no other file; only sorting and filtering need
 * JavaScript.
 */
public final class ReportPage {
  private ReportPage() {}

  /** Returns the page's text. */
  public static String of(Report report) {
    // One object for the whole page, so that identifiers are unique.
    Markup m = new Markup();
    String style = PageTemplate.resource("report.css");
    String script = PageTemplate.resource("report.js");
    Map<String, String> slots = new LinkedHashMap<>();
    slots.put("style-hash", PageTemplate.policyHash(style));
    slots.put("script-hash", PageTemplate.policyHash(script));
    slots.put("style", style);
    slots.put("script", script);
    slots.put("rankine", Versions.RANKINE);
    slots.put("title", m.text("Rank reduction, " + RunFacts.heading(report)).take());
    slots.put("heading", m.text(RunFacts.heading(report)).take());
    slots.put("facts", RunFacts.of(report, m));
    slots.put("coverage", CoverageSection.of(report, m));
    slots.put("headlines", ResultsSection.of(report, m));
    slots.put("curves", CurvesSection.of(report, m));
    slots.put("places", HeatMapSection.of(report, m));
    slots.put("spectra", SpectraSection.of(report, m));
    slots.put("groups", GroupsSection.of(report, m));
    slots.put("manifest", ManifestSection.of(report, m));
    return PageTemplate.filled(slots);
  }
}
