package rankine.engine.sweep;

/** One line of a cells file; its {@code kind} says which. */
public sealed interface RunLine permits ShardStart, Cell, SpectrumLine {

  /** The kinds of lines. */
  enum LineKind {
    /** A process starts. */
    BEGIN("begin"),
    /** An evaluation is done. */
    CELL("cell"),
    /** The singular values of a matrix. */
    SPECTRUM("spectrum");

    private final String label;

    LineKind(String label) {
      this.label = label;
    }

    /** As in the file. */
    public String label() {
      return label;
    }
  }
}
