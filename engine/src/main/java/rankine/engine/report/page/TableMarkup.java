package rankine.engine.report.page;

/** Common parts of tables. */
final class TableMarkup {
  private TableMarkup() {}

  /** A table that may be too wide for the page scrolls in its own frame, by keyboard too. */
  static void scroll(Markup m, String name, Runnable table) {
    frame(m, "scroll", name, table);
  }

  /** As {@link #scroll}, for a table that may be too long: its header stays visible. */
  static void tall(Markup m, String name, Runnable table) {
    frame(m, "scroll tall", name, table);
  }

  private static void frame(Markup m, String style, String name, Runnable table) {
    m.open("div", "class", style, "role", "region", "tabindex", "0", "aria-label", name);
    table.run();
    m.close();
  }

  /** A column header; {@code number} if the column holds numbers. */
  static void header(Markup m, String name, boolean number) {
    m.element("th", name, "scope", "col", "class", number ? "number" : null);
  }
}
