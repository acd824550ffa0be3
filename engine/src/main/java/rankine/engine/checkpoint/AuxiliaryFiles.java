package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.common.CheckpointException;
import rankine.common.Shown;

/**
 * What else lies in a checkpoint folder: settings, tokenizer, notes. All of it goes into a copy but
 * for weights that the checkpoint is not read from, folders, and files too large to be either.
 *
 * @param copied names, sorted
 * @param skipped one line each: the name and why
 * @param bytes of those that are copied
 */
record AuxiliaryFiles(List<String> copied, List<String> skipped, long bytes) {
  /** The largest known tokenizer.json has 34 MB. */
  static final long MAX_BYTES = 64L << 20;

  private static final Pattern WEIGHTS =
      Pattern.compile(
          ".*\\.(safetensors|pt|pth|ckpt|h5|msgpack|gguf|ggml|onnx|ot|tflite|npz|npy)"
              + "|(.*model.*|consolidated.*)\\.bin");
  private static final Pattern INDEX = Pattern.compile("(.*)\\.index\\.json");

  AuxiliaryFiles {
    copied = List.copyOf(copied);
    skipped = List.copyOf(skipped);
  }

  /** Those of {@code checkpoint}; links count as what they lead to. */
  static AuxiliaryFiles of(Checkpoint checkpoint) {
    Path folder = checkpoint.directory();
    Set<Path> weights =
        checkpoint.weightsFiles().keySet().stream()
            .map(name -> Path.of(name).normalize())
            .collect(Collectors.toSet());
    List<String> copied = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    long bytes = 0;
    try (Stream<Path> listing = Files.list(folder)) {
      for (Path file : listing.sorted().toList()) {
        if (weights.contains(file.getFileName())) {
          continue;
        }
        String name = file.getFileName().toString();
        String why = whyNot(checkpoint, file, name);
        if (why.isEmpty()) {
          copied.add(name);
          bytes += Files.size(file);
        } else {
          skipped.add(Shown.name(name) + " (" + why + ")");
        }
      }
    } catch (IOException e) {
      throw CheckpointException.io(folder, "cannot be read", e);
    }
    return new AuxiliaryFiles(copied, skipped, bytes);
  }

  /** Why a file is not copied; empty if it is. */
  private static String whyNot(Checkpoint checkpoint, Path file, String name) throws IOException {
    if (checkpoint.isIndex(file)) {
      return "";
    }
    var index = INDEX.matcher(name);
    String subject = (index.matches() ? index.group(1) : name).toLowerCase(Locale.ROOT);
    if (Files.isDirectory(file)) {
      return "a folder";
    } else if (!Files.isRegularFile(file)) {
      return "not a regular file";
    } else if (WEIGHTS.matcher(subject).matches()) {
      return "weights that this checkpoint is not read from";
    } else if (Files.size(file) > MAX_BYTES) {
      return Files.size(file) + " bytes, more than a settings or tokenizer file has";
    }
    return "";
  }
}
