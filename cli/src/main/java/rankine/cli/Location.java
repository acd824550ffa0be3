package rankine.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import rankine.common.io.Shown;

/**
 * Where an output goes: a path, or for a cluster's job a URI such as {@code hdfs://name/folder}.
 */
public final class Location {
  /** A scheme of two letters or more; one is a drive of Windows. */
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  private Location() {}

  /** Returns whether a location is a URI. */
  public static boolean isUri(String location) {
    return URI.matcher(location).matches();
  }

  /**
   * Returns a URI as it is, and a path absolute: by itself it would be relative to the cluster's.
   */
  static String absolute(String location) {
    return isUri(location) ? location : Path.of(location).toAbsolutePath().normalize().toString();
  }

  /** Returns an option's value as it was given: as a path a URI would lose a slash. */
  static Optional<String> of(CommandSpec command, String option) {
    OptionSpec matched = command.commandLine().getParseResult().matchedOption(option);
    return Optional.ofNullable(matched).map(each -> each.originalStringValues().getFirst());
  }

  /** Refuses a URI where only a cluster's job can write to one. */
  static void requirePath(CommandSpec command, String option) {
    of(command, option)
        .filter(Location::isUri)
        .ifPresent(
            location -> {
              throw new UsageException(
                  "%s: expected a path, or a URI with --engine spark, found %s"
                      .formatted(option, Shown.value(location)));
            });
  }
}
