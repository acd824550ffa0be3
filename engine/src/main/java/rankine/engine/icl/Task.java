package rankine.engine.icl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rankine.common.TaskException;
import rankine.common.io.Shown;

/**
 * One version of a task: its data files, its prompt format and its scoring method. Immutable.
 * Parsed from a task file; {@code TaskFile} documents the keys.
 */
public final class Task {

  /** Names of the built-in tasks. */
  public static final List<String> BUILT_IN =
      List.of(
          "agnews",
          "arc",
          "boolq",
          "cb",
          "copa",
          "demo-sentiment",
          "demo-topic",
          "emoc",
          "hellaswag",
          "lambada",
          "mmlu",
          "mrpc",
          "piqa",
          "rte",
          "squad",
          "sst2",
          "winogrande");

  /** The version used if none is named. */
  public static final String DEFAULT_VERSION = "corrected";

  private static final int MAX_BYTES = 1 << 20;

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

  /** Identifies a task: name, version, revision and the hash of its file. */
  record Identity(String name, String description, int revision, String version, String hash) {}

  /**
   * Loads the task that {@code spec} names.
   *
   * @param spec {@code NAME} or {@code NAME:VERSION} for one of {@link #BUILT_IN}; {@code
   *     FILE.json} or {@code FILE.json:VERSION} for a task file (a spec with a slash is also a
   *     file)
   * @throws TaskException for an unknown task or version, or a malformed task file
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

  /** Returns the versions of one of {@link #BUILT_IN}, the default one first. */
  static List<String> versions(String name) {
    return TaskFile.versions(name + ".json", resource(name)).stream()
        .sorted(Comparator.comparing(version -> !version.equals(DEFAULT_VERSION)))
        .toList();
  }

  /** Returns the task file that {@code spec}, as for {@link #load}, names; empty if built in. */
  public static Optional<Path> file(String spec) {
    return filePart(spec).map(Path::of);
  }

  /** Returns the path in {@code spec}, without the version, if it names a file. */
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
    try {
      DataFileReader.checkRegular(file, file.toString(), "a task file");
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (IOException e) {
      throw new TaskException(
          "%s: expected a task file that can be read, found %s".formatted(file, Shown.reason(e)),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new TaskException(
          "%s: expected at most %d bytes for a task file, found more".formatted(file, MAX_BYTES));
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

  /** Returns the name, such as {@code cb}. */
  public String name() {
    return name;
  }

  /** Returns a description of one line. */
  public String description() {
    return description;
  }

  /** Returns the revision, which counts changes to the task's prompts or scoring. */
  public int revision() {
    return revision;
  }

  /** Returns the version, such as {@code paper} or {@code corrected}. */
  public String version() {
    return version;
  }

  /** Returns the SHA-256 of the task file's bytes, in hex. */
  public String hash() {
    return hash;
  }

  /** Returns the classes' names, by class index; empty in a generative task. */
  public List<String> classes() {
    return data.labels().names();
  }

  /** Returns the default number of shots per class (in total in a generative task). */
  public int defaultShots() {
    return demonstrations.shots();
  }

  /** Returns plain sentences on this version that a reader of its results must know. */
  public List<String> notes() {
    return notes;
  }

  /** Returns the files of {@code folder} that hold the task's rows, in no order. */
  public List<Path> dataFiles(Path folder) {
    return data.files().values().stream()
        .flatMap(List::stream)
        .map(folder::resolve)
        .filter(Files::exists)
        .toList();
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

  /**
   * Returns whether rows have choices of their own, which may differ in length. Where something is
   * given before them, the choices of a row are one text.
   */
  boolean choicesDifferInLength() {
    return format.given().isEmpty()
        && format.choices().stream().anyMatch(choice -> !choice.fields().isEmpty());
  }

  /** Returns whether the reference code divides correct by n - 1 in this task. */
  boolean dividesByOneLess() {
    return dividesByOneLess;
  }
}
