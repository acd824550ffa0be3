package rankine.engine.icl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.common.Shown;
import rankine.common.TaskException;

/**
 * One version of a task: where its rows are, how they become prompts, how answers are scored.
 * Immutable. Made from a task file; {@code TaskFile} documents its keys.
 */
public final class Task {

  /** The tasks that come with Rankine. */
  public static final List<String> BUILT_IN =
      List.of(
          "agnews",
          "cb",
          "copa",
          "demo-sentiment",
          "demo-topic",
          "emoc",
          "mrpc",
          "rte",
          "squad",
          "sst2");

  /** The version used where none is named. */
  public static final String DEFAULT_VERSION = "corrected";

  private static final int MOST_BYTES = 1 << 20;

  private final String name;
  private final String description;
  private final int revision;
  private final String version;
  private final String hash;
  private final DataSpec data;
  private final PromptFormat format;
  private final ScoringMethod scoring;
  private final DemonstrationRule demonstrations;
  private final Map<EvaluationSplit, SplitRule> splits;
  private final boolean dividesByOneLess;
  private final List<String> notes;

  Task(
      Identity identity,
      DataSpec data,
      PromptFormat format,
      ScoringMethod scoring,
      DemonstrationRule demonstrations,
      Map<EvaluationSplit, SplitRule> splits,
      boolean dividesByOneLess,
      List<String> notes) {
    this.name = identity.name();
    this.description = identity.description();
    this.revision = identity.revision();
    this.version = identity.version();
    this.hash = identity.hash();
    this.data = data;
    this.format = format;
    this.scoring = scoring;
    this.demonstrations = demonstrations;
    this.splits = Map.copyOf(splits);
    this.dividesByOneLess = dividesByOneLess;
    this.notes = List.copyOf(notes);
  }

  /** What tells one task from another. */
  record Identity(String name, String description, int revision, String version, String hash) {}

  /**
   * The task that {@code spec} names.
   *
   * @param spec {@code NAME} or {@code NAME:VERSION} for one of {@link #BUILT_IN}; {@code
   *     FILE.json} or {@code FILE.json:VERSION} for a task file (a spec with a slash is also a
   *     file)
   * @throws TaskException for an unknown task or version, or a task file with a fault
   */
  public static Task load(String spec) {
    Optional<String> file = filePart(spec);
    if (file.isPresent()) {
      String rest = spec.substring(file.get().length());
      return fromFile(Path.of(file.get()), rest.isEmpty() ? DEFAULT_VERSION : rest.substring(1));
    }
    int colon = spec.indexOf(':');
    String name = colon < 0 ? spec : spec.substring(0, colon);
    String version = colon < 0 ? DEFAULT_VERSION : spec.substring(colon + 1);
    if (!BUILT_IN.contains(name)) {
      throw new TaskException(
          "task: expected one of %s, or a task file (.json); found '%s'"
              .formatted(String.join(", ", BUILT_IN), Shown.brief(name)));
    }
    return TaskFile.parse(name + ".json", resource(name), version);
  }

  /** The leading part of {@code spec} that is a file's path, if it is one. */
  private static Optional<String> filePart(String spec) {
    if (spec.endsWith(".json")) {
      return Optional.of(spec);
    }
    int colon = spec.lastIndexOf(':');
    String head = colon < 0 ? spec : spec.substring(0, colon);
    if (head.endsWith(".json")) {
      return Optional.of(head);
    }
    return spec.indexOf('/') >= 0 ? Optional.of(spec) : Optional.empty();
  }

  private static Task fromFile(Path file, String version) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new TaskException(
          "%s: expected a task file that can be read, found %s".formatted(file, Shown.reason(e)),
          e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new TaskException(
          "%s: expected at most %d bytes for a task file, found more".formatted(file, MOST_BYTES));
    }
    return TaskFile.parse(file.toString(), bytes, version);
  }

  private static byte[] resource(String name) {
    String path = "tasks/" + name + ".json";
    try (InputStream in = Task.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("resource " + path + " is missing from the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Such as {@code cb}. */
  public String name() {
    return name;
  }

  /** One line. */
  public String description() {
    return description;
  }

  /** Counts the changes of the task file that change what is asked or how it is scored. */
  public int revision() {
    return revision;
  }

  /** Such as {@code paper} or {@code corrected}. */
  public String version() {
    return version;
  }

  /** SHA-256 of the task file's bytes, in hex. */
  public String hash() {
    return hash;
  }

  /** The classes' names, by their integer; empty in a task without classes. */
  public List<String> classes() {
    return data.labels().names();
  }

  /** How many demonstrations a class (in total without classes), unless the user says. */
  public int defaultShots() {
    return demonstrations.shots();
  }

  /** Plain sentences on what this version does that a reader of its figures must know. */
  public List<String> notes() {
    return notes;
  }

  DataSpec data() {
    return data;
  }

  PromptFormat format() {
    return format;
  }

  ScoringMethod scoring() {
    return scoring;
  }

  DemonstrationRule demonstrations() {
    return demonstrations;
  }

  SplitRule split(EvaluationSplit part) {
    return splits.get(part);
  }

  /** Whether each row has choices of its own, of differing lengths. */
  boolean choicesDiffer() {
    return format.choices().stream().anyMatch(choice -> !choice.fields().isEmpty());
  }

  /** Whether the reference code divides this task's count by one less than its size. */
  boolean dividesByOneLess() {
    return dividesByOneLess;
  }
}
