package rankine.engine.sweep;

/** One line of a cells file; its {@code kind} says which. */
public sealed interface RunLine permits Begin, Cell, SpectrumLine {

  /** The kinds of lines. */
  enum Kind {
    /** A process starts. */
    BEGIN("begin"),
    /** An evaluation is done. */
    CELL("cell"),
    /** The singular values of a matrix. */
    SPECTRUM("spectrum");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** As in the file. */
    public String label() {
      return label;
    }
  }
}
