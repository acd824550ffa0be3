package rankine.engine.report.page;

/** What tables have in common. */
final class TableMarkup {
  private TableMarkup() {}

  /** A table too wide for the page scrolls within a frame of its own, by keyboard as well. */
  static void scroll(Markup m, String name, Runnable table) {
    frame(m, "scroll", name, table);
  }

  /** As {@link #scroll}, for one too long: its header stays in sight. */
  static void tall(Markup m, String name, Runnable table) {
    frame(m, "scroll tall", name, table);
  }

  private static void frame(Markup m, String style, String name, Runnable table) {
    m.open("div", "class", style, "role", "region", "tabindex", "0", "aria-label", name);
    table.run();
    m.close();
  }

  /** The header of a column; {@code number} where it holds numbers. */
  static void header(Markup m, String name, boolean number) {
    m.element("th", name, "scope", "col", "class", number ? "number" : null);
  }
}
