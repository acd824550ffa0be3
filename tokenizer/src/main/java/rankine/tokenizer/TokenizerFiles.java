package rankine.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import rankine.common.TokenizerException;
import rankine.common.io.Sha256;

/** Reads the files of a tokenizer's folder and keeps their bytes for the hash. */
final class TokenizerFiles {
  /** Largest file to read, in bytes; no tokenizer file is nearly as large. */
  private static final long MAX_BYTES = 256L << 20;

  private final Path folder;
  private final SortedMap<String, byte[]> read = new TreeMap<>();

  TokenizerFiles(Path folder) {
    this.folder = folder;
  }

  boolean isFolder() {
    return Files.isDirectory(folder);
  }

  /** Whether there is a file or a link: one that leads nowhere is an error, not an absence. */
  boolean has(String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /** The path of a file, for error messages. */
  String name(String name) {
    return folder.resolve(name).toString();
  }

  /** Reads a file and includes it in {@link #hash}. */
  byte[] read(String name) {
    byte[] bytes = peek(name);
    read.put(name, bytes);
    return bytes;
  }

  /** Reads a file without including it in {@link #hash}. */
  byte[] peek(String name) {
    Path path = folder.resolve(name);
    try {
      if (!Files.isRegularFile(path)) {
        throw TokenizerException.of(path.toString(), "", "a file", found(path));
      }
      long size = Files.size(path);
      if (size > MAX_BYTES) {
        throw TokenizerException.of(
            path.toString(), "", "a file of at most " + MAX_BYTES + " bytes", size + " bytes");
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw TokenizerException.of(path.toString(), "", "a file", "nothing", e);
    } catch (IOException e) {
      throw TokenizerException.of(path.toString(), "", "a readable file", e.toString(), e);
    }
  }

  private static String found(Path path) {
    if (Files.exists(path)) {
      return "something else";
    }
    return Files.isSymbolicLink(path) ? "a link to nothing" : "nothing";
  }

  /** SHA-256, in hex, of the files {@link #read}, concatenated in the order of their names. */
  String hash() {
    Sha256 sha256 = new Sha256();
    read.values().forEach(sha256::add);
    return sha256.hex();
  }
}
