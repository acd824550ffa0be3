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
import rankine.common.io.Shown;

/**
 * The files of a checkpoint folder besides the weights in use: settings, tokenizer, notes. A copy
 * includes all of them except unused weights, subfolders, and files too large for any of these.
 *
 * @param copied file names, sorted
 * @param skipped one line per file: its name and the reason
 * @param bytes total size of the copied files
 */
record AuxiliaryFiles(List<String> copied, List<String> skipped, long bytes) {
  /** Size limit of a copied file. The largest known tokenizer.json has 34 MB. */
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

  /** Lists the auxiliary files of {@code checkpoint}. Follows links. */
  static AuxiliaryFiles of(Checkpoint checkpoint) {
    Path folder = checkpoint.directory();
    Set<Path> weights =
        checkpoint.weightFiles().keySet().stream()
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
        String reason = skipReason(checkpoint, file, name);
        if (reason.isEmpty()) {
          copied.add(name);
          bytes += Files.size(file);
        } else {
          skipped.add(Shown.name(name) + " (" + reason + ")");
        }
      }
    } catch (IOException e) {
      throw CheckpointException.io(folder, "cannot be read", e);
    }
    return new AuxiliaryFiles(copied, skipped, bytes);
  }

  /** Returns why a file is not copied; empty if it is copied. */
  private static String skipReason(Checkpoint checkpoint, Path file, String name)
      throws IOException {
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
      return "weights that this checkpoint does not use";
    } else if (Files.size(file) > MAX_BYTES) {
      return Files.size(file) + " bytes, more than a settings or tokenizer file has";
    }
    return "";
  }
}
