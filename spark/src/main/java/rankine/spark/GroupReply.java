package rankine.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import rankine.common.RankineException;

/**
 * What an executor answers to one assignment.
 *
 * @param lines for the run folder; of a failed assignment those made before it failed
 */
record GroupReply(String executor, long pid, List<String> lines, String failure)
    implements ExecutorReply {
  /**
   * Returns the reply of an evaluation.
   *
   * @param evaluation gives each line as it is made
   */
  static GroupReply of(String executor, long pid, Consumer<Consumer<String>> evaluation) {
    List<String> lines = new ArrayList<>();
    String failure = "";
    try {
      evaluation.accept(lines::add);
    } catch (RankineException e) {
      failure = e.getMessage();
    }
    return new GroupReply(executor, pid, lines, failure);
  }
}
