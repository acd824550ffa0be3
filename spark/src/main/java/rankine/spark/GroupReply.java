package rankine.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What an executor answers to one assignment.
 *
 * @param executor its id in Spark
 * @param pid of its process
 * @param lines for the run folder
 * @param failure a message for the user, which another attempt would only repeat; empty if none
 */
record GroupReply(String executor, long pid, List<String> lines, String failure)
    implements Serializable {}
