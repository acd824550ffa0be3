package rankine.benchmarks;

import java.util.regex.Pattern;

/** Text of a command line for a report that others read. */
final class ReportText {
  /**
   * A folder from the root on, at the start of a word or after {@code @}, {@code =} or {@code :}.
   */
  private static final Pattern FOLDERS =
      Pattern.compile("(?<=^|[\\s@=:,])/(?:[^/\\s,:]*/)*(?=[^/\\s])");

  private ReportText() {}

  /** Removes the folders of absolute paths, which say something of one machine only. */
  static String withoutFolders(String text) {
    return FOLDERS.matcher(text).replaceAll("");
  }
}
