package rankine.spark;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import rankine.common.RunException;
import rankine.common.io.ShutdownCleanup;
import rankine.engine.sweep.Shard;

/**
 * A run folder on a file system of Hadoop, which may neither append to a file nor lock one. A sweep
 * works on a local copy; each {@link #push} adds the lines that are new as one more file, which is
 * there whole or not at all. So the folder has many cells files, and any reader of run folders
 * reads them all.
 */
final class RemoteRun implements AutoCloseable {
  private static final String IDENTITY = "run.json";
  private static final String CELLS = "cells-";

  /** Of copied files: the sweep writes its own file from the beginning. */
  private static final String COPY = CELLS + "copy-";

  private final FileSystem files;
  private final Path remote;
  private final java.nio.file.Path local;
  private final ShutdownCleanup cleanup;
  private final java.nio.file.Path cells;
  private final String session = UUID.randomUUID().toString().substring(0, 8);
  private long pushed;
  private int parts;

  private RemoteRun(FileSystem files, Path remote, java.nio.file.Path local, Shard shard) {
    this.files = files;
    this.remote = remote;
    this.local = local;
    this.cleanup = ShutdownCleanup.of(this::delete);
    this.cells = local.resolve("%s%d-of-%d.jsonl".formatted(CELLS, shard.index(), shard.count()));
  }

  /**
   * Copies what the folder has.
   *
   * @param location URI of the folder, which may not exist yet
   * @throws RunException in one line with the URI, if it cannot be read or holds something else
   */
  static RemoteRun open(String location, Shard shard, SparkConf settings) {
    Path remote = HadoopFiles.path(location);
    try {
      FileSystem files = HadoopFiles.of(remote, settings);
      RemoteRun run =
          new RemoteRun(
              files, files.makeQualified(remote), Files.createTempDirectory("rankine-run"), shard);
      try {
        run.pull();
        return run;
      } catch (IOException | RuntimeException e) {
        run.close();
        throw e;
      }
    } catch (IOException e) {
      throw HadoopFiles.failed(remote, "cannot be read", e);
    }
  }

  /** The local copy. */
  java.nio.file.Path folder() {
    return local;
  }

  private void pull() throws IOException {
    files.mkdirs(remote);
    FileStatus[] found =
        Arrays.stream(files.listStatus(remote))
            .filter(file -> !file.getPath().getName().startsWith("."))
            .toArray(FileStatus[]::new);
    boolean started =
        Arrays.stream(found).anyMatch(file -> file.getPath().getName().equals(IDENTITY));
    if (!started && found.length > 0) {
      throw new RunException(
          "%s: expected a run folder or an empty one, found %s and no run.json"
              .formatted(remote, found[0].getPath().getName()));
    }
    for (FileStatus file : found) {
      String name = file.getPath().getName();
      if (name.equals(IDENTITY)) {
        copy(file.getPath(), local.resolve(IDENTITY));
      } else if (name.startsWith(CELLS) && name.endsWith(".jsonl")) {
        copy(file.getPath(), local.resolve(COPY + name.substring(CELLS.length())));
      }
    }
  }

  private void copy(Path from, java.nio.file.Path to) throws IOException {
    try (FSDataInputStream in = files.open(from)) {
      Files.copy(in, to);
    }
  }

  /**
   * Adds what the local copy has gained; the first time also {@code run.json}, if it is missing.
   *
   * @throws RunException if the folder cannot be written, or another driver has started another run
   */
  void push() {
    try {
      Path identity = new Path(remote, IDENTITY);
      if (parts == 0) {
        if (!files.exists(identity)) {
          start(identity);
        }
        requireSameRun(identity);
      }
      long size = Files.size(cells);
      if (size > pushed) {
        String name = cells.getFileName().toString().replace(".jsonl", "");
        Path part = new Path(remote, "%s.%s-%06d.jsonl".formatted(name, session, parts));
        add(part, cells, pushed, size);
        pushed = size;
        parts++;
      }
    } catch (IOException e) {
      throw HadoopFiles.failed(remote, "cannot be written", e);
    }
  }

  /** Adds {@code run.json}, unless another driver that started at the same time is first. */
  private void start(Path identity) throws IOException {
    java.nio.file.Path file = local.resolve(IDENTITY);
    try {
      add(identity, file, 0, Files.size(file));
    } catch (IOException e) {
      if (!files.exists(identity)) {
        throw e;
      }
    }
  }

  private void requireSameRun(Path identity) throws IOException {
    try (FSDataInputStream in = files.open(identity)) {
      if (!Arrays.equals(in.readAllBytes(), Files.readAllBytes(local.resolve(IDENTITY)))) {
        throw new RunException(
            identity + ": expected the run of this sweep, found that of another driver");
      }
    }
  }

  /** Adds bytes [from, to) of a local file under a hidden name, then renames. */
  private void add(Path target, java.nio.file.Path source, long from, long to) throws IOException {
    Path temporary = new Path(remote, "." + target.getName() + "." + session + ".tmp");
    try (SeekableByteChannel in = FileChannel.open(source).position(from)) {
      FSDataOutputStream out = files.create(temporary, true);
      try {
        byte[] bytes = Channels.newInputStream(in).readNBytes(Math.toIntExact(to - from));
        out.write(bytes);
      } finally {
        HadoopFiles.close(out);
      }
      if (!files.rename(temporary, target)) {
        throw new IOException(temporary.getName() + " cannot be renamed");
      }
    } catch (IOException e) {
      files.delete(temporary, false);
      throw e;
    }
  }

  /** Deletes the local copy. */
  @Override
  public void close() {
    delete();
    cleanup.close();
  }

  private void delete() {
    try (Stream<java.nio.file.Path> copied = Files.list(local)) {
      for (java.nio.file.Path file : copied.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(local);
    } catch (IOException e) {
      // A folder of the system's temporary ones.
      return;
    }
  }
}
