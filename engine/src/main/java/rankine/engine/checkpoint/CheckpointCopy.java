package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.Shown;

/**
 * A checkpoint folder written once more with some weights changed: the same weights files with the
 * same tensors, types, shapes and order, but for those that others take the place of; an index that
 * names them; and every other small file byte for byte. The whole folder appears at once, or
 * nothing does.
 */
public final class CheckpointCopy {
  /** What a header may grow by, and what file systems add, for each weights file. */
  private static final long ALLOWANCE_BYTES = 64 << 10;

  private final Checkpoint source;
  private final Path target;
  private final AuxiliaryFiles others;

  private CheckpointCopy(Checkpoint source, Path target, AuxiliaryFiles others) {
    this.source = source;
    this.target = target;
    this.others = others;
  }

  /**
   * What was written.
   *
   * @param files relative to the folder, sorted
   * @param bytes of all of them
   * @param hash the copy's {@link Checkpoint#hash}
   */
  public record Written(List<String> files, long bytes, String hash) {
    /** Copies the list. */
    public Written {
      files = List.copyOf(files);
    }
  }

  /**
   * Checks, without writing, that {@code target} can become a copy of {@code source}.
   *
   * @throws CheckpointException {@link Fault#FOLDER_EXISTS}, {@link Fault#NO_FOLDER} for the folder
   *     above it, {@link Fault#INSIDE_SOURCE} or {@link Fault#NO_SPACE}
   */
  public static CheckpointCopy plan(Checkpoint source, Path target) {
    Path above = NewFolder.checkAbsent(target);
    if (above.startsWith(Checkpoint.realPath(source.directory()))) {
      throw CheckpointException.ofFolder(
          Fault.INSIDE_SOURCE,
          target,
          "expected a place outside the checkpoint "
              + Shown.path(source.directory())
              + ", found one inside");
    }
    AuxiliaryFiles others = AuxiliaryFiles.of(source);
    long needed = source.bytes() + others.bytes() + ALLOWANCE_BYTES * source.weightsFiles().size();
    try {
      checkSpace(target, needed, Files.getFileStore(above).getUsableSpace());
    } catch (IOException e) {
      throw CheckpointException.io(above, "cannot be asked for free space", e);
    }
    return new CheckpointCopy(source, target, others);
  }

  static void checkSpace(Path target, long needed, long available) {
    if (available < needed) {
      throw CheckpointException.ofFolder(
          Fault.NO_SPACE,
          target,
          "expected %,d bytes of free space, found %,d".formatted(needed, available));
    }
  }

  /** What lies in the original's folder and does not go into the copy: a line each, with why. */
  public List<String> skipped() {
    return others.skipped();
  }

  /**
   * Writes the copy.
   *
   * @param metadata added to the {@code __metadata__} of every weights file; replaces entries of
   *     the same key
   * @param edit what it throws ends the copy, and nothing is left of it
   * @throws CheckpointException {@link Fault#IO} if the file system refuses; {@link
   *     Fault#FILE_CHANGED} if the original changes meanwhile
   */
  public Written write(Map<String, String> metadata, TensorEdit edit) {
    try (NewFolder folder = NewFolder.create(target)) {
      List<String> files = new ArrayList<>(others.copied());
      Map<String, List<NewTensor>> replaced = new LinkedHashMap<>();
      for (Map.Entry<String, Path> weights : source.weightsFiles().entrySet()) {
        files.add(weights.getKey());
        Path file = folder.path().resolve(weights.getKey());
        makeFolders(file);
        replaced.putAll(SafetensorsCopy.write(weights.getValue(), file, metadata, edit));
      }
      for (String name : others.copied()) {
        Path from = source.directory().resolve(name);
        if (source.isIndex(from) && !replaced.isEmpty()) {
          ShardIndex.copy(from, folder.path().resolve(name), replaced);
        } else {
          copy(from, folder.path().resolve(name));
        }
      }
      source.checkUnchanged();
      files.sort(null);
      Written written = new Written(files, bytes(folder.path(), files), hash(folder.path()));
      folder.commit();
      return written;
    }
  }

  /** Of the copy as a checkpoint: what cannot be opened is not handed out. */
  private static String hash(Path folder) {
    try (Checkpoint copy = Checkpoint.open(folder)) {
      return copy.hash();
    }
  }

  private static long bytes(Path folder, List<String> files) {
    long bytes = 0;
    for (String file : files) {
      bytes += OpenedFile.of(file, folder.resolve(file)).bytes();
    }
    return bytes;
  }

  private static void makeFolders(Path file) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be written", e);
    }
  }

  private static void copy(Path from, Path to) {
    // Not Files.copy, which would also make the copy of a read-only file read-only.
    try (FileChannel in = Channels.open(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Channels.transfer(in, 0, in.size(), out);
      out.force(true);
    } catch (IOException e) {
      throw CheckpointException.io(from, "cannot be copied", e);
    }
  }
}
