package rankine.spark;

import java.io.Serializable;

/** What an executor answers to one task. */
sealed interface ExecutorReply extends Serializable permits GroupReply, PromptReply {
  /** Its id in Spark. */
  String executor();

  /** Of its process. */
  long pid();

  /** A message for the user, which another attempt would only repeat; empty if none. */
  String failure();
}
