package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import rankine.common.io.Shown;

/**
 * Copies a checkpoint folder and changes some weights. The copy has the same weight files with the
 * same tensors, types, shapes and order, except for replaced tensors; an index that lists the new
 * tensors; every other small file byte for byte; and files that are added. The folder appears
 * complete or not at all.
 */
public final class CheckpointCopy {
  /** Allowance per weight file for growth of the header and file system overhead. */
  private static final long ALLOWANCE_BYTES = 64 << 10;

  private final Checkpoint source;
  private final Path target;
  private final AuxiliaryFiles auxiliary;

  private CheckpointCopy(Checkpoint source, Path target, AuxiliaryFiles auxiliary) {
    this.source = source;
    this.target = target;
    this.auxiliary = auxiliary;
  }

  /**
   * The result of {@link #write}.
   *
   * @param files paths relative to the folder, sorted
   * @param bytes total size of the files
   * @param hash {@link Checkpoint#hash} of the copy
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
   * @throws CheckpointException {@link Fault#FOLDER_EXISTS}, {@link Fault#NO_FOLDER} for the parent
   *     folder, {@link Fault#INSIDE_SOURCE} or {@link Fault#NO_SPACE}
   */
  public static CheckpointCopy plan(Checkpoint source, Path target) {
    Path parent = NewFolder.checkAbsent(target);
    if (parent.startsWith(Checkpoint.realPath(source.directory()))) {
      throw CheckpointException.of(
          Fault.INSIDE_SOURCE,
          target,
          "expected a folder outside the checkpoint "
              + Shown.path(source.directory())
              + ", found one inside");
    }
    AuxiliaryFiles auxiliary = AuxiliaryFiles.of(source);
    long needed =
        source.bytes() + auxiliary.bytes() + ALLOWANCE_BYTES * source.weightFiles().size();
    try {
      checkSpace(target, needed, Files.getFileStore(parent).getUsableSpace());
    } catch (IOException e) {
      throw CheckpointException.io(parent, "free space cannot be determined", e);
    }
    return new CheckpointCopy(source, target, auxiliary);
  }

  static void checkSpace(Path target, long needed, long available) {
    if (available < needed) {
      throw CheckpointException.of(
          Fault.NO_SPACE,
          target,
          "expected %,d bytes of free space, found %,d".formatted(needed, available));
    }
  }

  /**
   * Returns the files of the original folder that are not copied: one line each, with the reason.
   */
  public List<String> skipped() {
    return auxiliary.skipped();
  }

  /**
   * Writes the copy.
   *
   * @param added contents of further files of the folder, by name; they replace the original's
   * @param metadata entries added to the {@code __metadata__} of every weight file; they replace
   *     entries of the same key
   * @param edit changes the tensors; an exception from it cancels the copy and removes what was
   *     written
   * @throws CheckpointException {@link Fault#IO} if the file system fails; {@link
   *     Fault#FILE_CHANGED} if the original changes during the copy
   */
  public Written write(Map<String, byte[]> added, Map<String, String> metadata, TensorEdit edit) {
    try (NewFolder folder = NewFolder.create(target)) {
      try {
        return write(folder, added, metadata, edit);
      } catch (CheckpointException e) {
        throw named(e, folder);
      }
    }
  }

  /** Returns a fault of a file in the temporary folder as one of the file to be made. */
  private CheckpointException named(CheckpointException e, NewFolder folder) {
    return new CheckpointException(
        e.fault(),
        e.path(),
        e.getMessage().replace(folder.path().toString(), target.toString()),
        e);
  }

  private Written write(
      NewFolder folder, Map<String, byte[]> added, Map<String, String> metadata, TensorEdit edit) {
    List<String> copied =
        auxiliary.copied().stream().filter(name -> !added.containsKey(name)).toList();
    List<String> files = new ArrayList<>(copied);
    files.addAll(added.keySet());
    Map<String, List<NewTensor>> replaced = new LinkedHashMap<>();
    for (Map.Entry<String, Path> weights : source.weightFiles().entrySet()) {
      files.add(weights.getKey());
      Path file = folder.path().resolve(weights.getKey());
      makeFolders(file);
      replaced.putAll(SafetensorsCopy.write(weights.getValue(), file, metadata, edit));
    }
    added.forEach((name, bytes) -> write(folder.path().resolve(name), bytes));
    for (String name : copied) {
      Path from = source.directory().resolve(name);
      if (source.isIndex(from) && !replaced.isEmpty()) {
        write(folder.path().resolve(name), ShardIndex.edited(from, replaced));
      } else {
        copy(from, folder.path().resolve(name));
      }
    }
    source.checkFilesUnchanged();
    files.sort(null);
    Written written = new Written(files, bytes(folder.path(), files), hash(folder.path()));
    folder.commit();
    return written;
  }

  /** Returns the content hash of the copy. Opening it checks that it is a valid checkpoint. */
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

  private static void write(Path file, byte[] bytes) {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be written", e);
    }
  }

  private static void copy(Path from, Path to) {
    // Files.copy would copy permissions too: a read-only file would give a read-only copy.
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
