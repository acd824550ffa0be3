package rankine.spark;

import java.util.List;

/**
 * What an executor answers to one assignment.
 *
 * @param lines for the run folder
 */
record GroupReply(String executor, long pid, List<String> lines, String failure)
    implements ExecutorReply {}
