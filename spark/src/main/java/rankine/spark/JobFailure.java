package rankine.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.RunException;

/** A failed job of Spark in one line: Spark's own message is the stack trace of an executor. */
final class JobFailure {
  /** The JVM's message about a class file that is newer than itself. */
  private static final Pattern OLD_JAVA =
      Pattern.compile("class file version (\\d+)\\.0.*recognizes class file versions up to (\\d+)");

  /** The first version of Java has class files of version 45. */
  private static final int CLASS_FILE_OFFSET = 44;

  private JobFailure() {}

  /** Returns the exception for the user. */
  static RunException of(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    Matcher old = OLD_JAVA.matcher(message);
    if (old.find()) {
      return new RunException(
          "executors: Java: expected %d or newer, found %d (spark.executorEnv.JAVA_HOME chooses it)"
              .formatted(release(old.group(1)), release(old.group(2))),
          cause);
    }
    return new RunException("spark: " + message.lines().findFirst().orElse(""), cause);
  }

  private static int release(String classFileVersion) {
    return Integer.parseInt(classFileVersion) - CLASS_FILE_OFFSET;
  }
}
