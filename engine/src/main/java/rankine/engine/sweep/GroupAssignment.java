package rankine.engine.sweep;

import java.io.Serializable;
import java.util.List;

/**
 * One group of a sweep for a process that does not have the run folder.
 *
 * @param searchKey its index in {@link SweepGrid#searchKeys}
 * @param part the cells to evaluate
 * @param spectra whether the singular values of its target's matrices are wanted too
 * @param finished the cells that the folder has already, as lines
 */
public record GroupAssignment(int searchKey, GroupPart part, boolean spectra, List<String> finished)
    implements Serializable {

  /** Cells of a group. */
  public enum GroupPart {
    /** Those of the unedited model, which all targets share. */
    PLAIN,
    /** All of them. */
    ALL
  }

  /** Copies the list. */
  public GroupAssignment {
    finished = List.copyOf(finished);
  }
}
