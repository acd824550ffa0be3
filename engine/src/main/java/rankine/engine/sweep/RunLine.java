package rankine.engine.sweep;

/** One line of a cells file; its {@code kind} names the type. */
public sealed interface RunLine permits ShardStart, Cell, SpectrumLine {

  /** The kinds of lines. */
  enum LineKind {
    /** A process starts. */
    BEGIN("begin"),
    /** A finished evaluation. */
    CELL("cell"),
    /** The singular values of a matrix. */
    SPECTRUM("spectrum");

    private final String label;

    LineKind(String label) {
      this.label = label;
    }

    /** The name in the file. */
    public String label() {
      return label;
    }
  }
}
