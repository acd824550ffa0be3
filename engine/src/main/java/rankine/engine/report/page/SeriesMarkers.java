package rankine.engine.report.page;

import java.util.List;

/**
 * Colours and marker shapes of the lines in charts, one per module or method: each has both, so
 * that colour is never the only difference.
 *
 * @param names of the lines, in the order of the grid
 */
record SeriesMarkers(List<String> names) {
  private static final int COLOURS = 6;
  private static final int SHAPES = 5;
  private static final double SIZE = 3.2;

  /** The style sheet's class for the line's colour. */
  String colour(String name) {
    return "s" + names.indexOf(name) % COLOURS;
  }

  /** Draws the line's marker around (x, y): a circle, square, triangle, diamond or ring. */
  void draw(Markup m, String name, double x, double y) {
    int shape = names.indexOf(name) % SHAPES;
    m.empty("path", "class", shape == SHAPES - 1 ? "mark open" : "mark", "d", path(shape, x, y));
  }

  /** Draws a round marker around (x, y), for the unedited model. */
  static void drawPlain(Markup m, double x, double y) {
    m.empty("path", "class", "mark", "d", path(0, x, y));
  }

  private static String path(int shape, double x, double y) {
    String left = NumberText.coordinate(x - SIZE);
    String start = "M" + left + " " + NumberText.coordinate(y);
    return switch (shape) {
      case 1 -> "M%s %sh5.6v5.6h-5.6z".formatted(at(x - 2.8), at(y - 2.8));
      case 2 -> "M%s %sl3.6 6.2h-7.2z".formatted(at(x), at(y - 4));
      case 3 -> "M%s %sl3.8 3.8l-3.8 3.8l-3.8 -3.8z".formatted(at(x), at(y - 3.8));
      default -> start + "a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0z";
    };
  }

  private static String at(double value) {
    return NumberText.coordinate(value);
  }

  /** Writes the legend above the charts: lines with their markers. */
  void legend(Markup m) {
    m.open("ul", "class", "legend");
    for (String name : names) {
      m.open("li");
      m.open("svg", "viewBox", "0 0 28 12", "aria-hidden", "true", "class", colour(name));
      m.empty("path", "class", "line", "d", "M1 6h26");
      draw(m, name, 14, 6);
      m.close().text(name).close();
    }
    m.close();
  }
}
