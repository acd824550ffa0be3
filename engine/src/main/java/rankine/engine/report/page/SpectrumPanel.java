package rankine.engine.report.page;

import java.util.List;
import rankine.engine.report.SpectrumSummary;
import rankine.engine.sweep.SpectrumLine;

/**
 * A chart of the spectra of one kind of matrix: σᵢ / σ₁ against i, both on log scales, one line per
 * layer.
 *
 * @param lowest the power of ten at the bottom of the vertical axis, below 0
 * @param layers layers with spectra: colours run from the first to the last
 */
record SpectrumPanel(int lowest, List<Integer> layers) {
  /** Colours of the style sheet, from the first layer to the last. */
  static final int COLOURS = 8;

  private static final double WIDTH = 360;
  private static final double HEIGHT = 240;
  private static final double LEFT = 38;
  private static final double RIGHT = 350;
  private static final double TOP = 22;
  private static final double BOTTOM = 206;

  /** Minimum distance of two rates' labels; closer ones would overlap. */
  private static final double MIN_LABEL_DISTANCE = 28;

  /** The style sheet's class for a layer's colour. */
  String colour(int layer) {
    int last = Math.max(1, layers.size() - 1);
    return "q" + Math.round((COLOURS - 1.0) * layers.indexOf(layer) / last);
  }

  /**
   * Draws the matrices of one kind.
   *
   * @param spectra at least one
   */
  void draw(Markup m, String caption, List<SpectrumSummary> spectra) {
    int widest = spectra.stream().mapToInt(SpectrumSummary::fullRank).max().orElseThrow();
    LinearScale x = new LinearScale(0, Math.log10(Math.max(2, widest)), LEFT, RIGHT);
    LinearScale y = new LinearScale(lowest, 0, BOTTOM, TOP);
    String title = m.id("chart");
    m.open("figure").element("figcaption", caption);
    m.open(
        "svg",
        "viewBox",
        NumberText.size(WIDTH, HEIGHT),
        "role",
        "img",
        "aria-labelledby",
        title,
        "class",
        "spectrum");
    m.element(
        "title",
        caption
            + ": singular values over the largest, by index, both on log scales, for "
            + NumberText.count(spectra.size(), "layer")
            + "; the table below has their numbers",
        "id",
        title);
    axes(m, x, y, widest);
    kept(m, x, spectra.getFirst());
    for (SpectrumSummary spectrum : spectra) {
      m.open("g", "class", colour(spectrum.layer())).element("title", title(spectrum));
      m.empty("path", "class", "line", "d", line(spectrum, x, y)).close();
    }
    m.close().close();
  }

  private static String title(SpectrumSummary spectrum) {
    return "layer %d: numerical rank %s of %s%s"
        .formatted(
            spectrum.layer(),
            NumberText.count(spectrum.numericalRank()),
            NumberText.count(spectrum.fullRank()),
            spectrum.condition().stream()
                .mapToObj(c -> ", condition number " + NumberText.general(c))
                .findFirst()
                .orElse(""));
  }

  private void axes(Markup m, LinearScale x, LinearScale y, int widest) {
    int every = Math.ceilDiv(-lowest, 6);
    for (int power = 0; power >= lowest; power -= every) {
      String at = NumberText.coordinate(y.at(power));
      m.empty("path", "class", "grid", "d", NumberText.horizontal(LEFT, RIGHT, y.at(power)));
      m.open("text", "class", "end", "x", NumberText.coordinate(LEFT - 5), "y", at, "dy", "3.5");
      m.text(power == 0 ? "1" : "10" + superscript(power)).close();
    }
    m.empty("path", "class", "axis", "d", NumberText.horizontal(LEFT, RIGHT, BOTTOM));
    for (int index = 1; index <= widest; index *= 10) {
      String at = NumberText.coordinate(x.at(Math.log10(index)));
      m.empty(
          "path",
          "class",
          "axis",
          "d",
          NumberText.vertical(x.at(Math.log10(index)), BOTTOM, BOTTOM + 4));
      m.element(
          "text",
          NumberText.count(index),
          "class",
          "middle",
          "x",
          at,
          "y",
          NumberText.coordinate(BOTTOM + 15));
    }
    String middle = NumberText.coordinate((LEFT + RIGHT) / 2);
    String bottom = NumberText.coordinate(BOTTOM + 30);
    m.element("text", "index i", "class", "middle", "x", middle, "y", bottom);
    m.element("text", "σᵢ / σ₁", "x", "2", "y", "10");
  }

  static String superscript(int power) {
    return Integer.toString(power)
        .replace('-', '⁻')
        .chars()
        .mapToObj(c -> c == '⁻' ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹".substring(c - '0', c - '0' + 1))
        .reduce("", String::concat);
  }

  /** Draws the ranks that the rates keep, labelled with the rate if there is room. */
  private static void kept(Markup m, LinearScale x, SpectrumSummary spectrum) {
    double free = LEFT + MIN_LABEL_DISTANCE;
    List<SpectrumLine.Kept> highestRateFirst = spectrum.kept().reversed();
    for (SpectrumLine.Kept kept : highestRateFirst) {
      if (kept.rank() < 1 || kept.rate().isZero()) {
        continue;
      }
      double at = x.at(Math.log10(kept.rank()));
      m.empty("path", "class", "kept", "d", NumberText.vertical(at, TOP, BOTTOM));
      if (at >= free) {
        String middle = NumberText.coordinate(at);
        m.element(
            "text",
            kept.rate().toString(),
            "class",
            "middle",
            "x",
            middle,
            "y",
            NumberText.coordinate(TOP - 5));
        free = at + MIN_LABEL_DISTANCE;
      }
    }
  }

  private String line(SpectrumSummary spectrum, LinearScale x, LinearScale y) {
    StringBuilder path = new StringBuilder();
    for (SpectrumSummary.Value value : spectrum.values()) {
      double power = Math.max(lowest, Math.log10(value.ratio()));
      path.append(path.isEmpty() ? 'M' : 'L');
      path.append(NumberText.coordinate(x.at(Math.log10(value.index())))).append(' ');
      path.append(NumberText.coordinate(y.at(power)));
    }
    return path.toString();
  }
}
