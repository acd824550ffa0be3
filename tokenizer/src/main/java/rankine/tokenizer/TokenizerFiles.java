package rankine.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import rankine.common.Sha256;
import rankine.common.TokenizerException;

/** The folder that a tokenizer is read from; keeps what was read for its hash. */
final class TokenizerFiles {
  /** No tokenizer file comes near this size, in bytes. */
  private static final long LARGEST = 256L << 20;

  private final Path folder;
  private final SortedMap<String, byte[]> read = new TreeMap<>();

  TokenizerFiles(Path folder) {
    this.folder = folder;
  }

  boolean isFolder() {
    return Files.isDirectory(folder);
  }

  boolean has(String name) {
    return Files.exists(folder.resolve(name));
  }

  /** The path of a file, for messages. */
  String name(String name) {
    return folder.resolve(name).toString();
  }

  /** Reads a file whole; it counts for {@link #hash}. */
  byte[] read(String name) {
    byte[] bytes = peek(name);
    read.put(name, bytes);
    return bytes;
  }

  /** Reads a file whole that does not count. */
  byte[] peek(String name) {
    Path path = folder.resolve(name);
    try {
      if (!Files.isRegularFile(path)) {
        throw TokenizerException.of(
            path.toString(), "", "a file", Files.exists(path) ? "something else" : "nothing");
      }
      long size = Files.size(path);
      if (size > LARGEST) {
        throw TokenizerException.of(
            path.toString(), "", "a file of at most " + LARGEST + " bytes", size + " bytes");
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw TokenizerException.of(path.toString(), "", "a file", "nothing", e);
    } catch (IOException e) {
      throw TokenizerException.of(path.toString(), "", "a readable file", e.toString(), e);
    }
  }

  /** SHA-256, in hex, of the files that count, one after the other in the order of their names. */
  String hash() {
    Sha256 sha256 = new Sha256();
    read.values().forEach(sha256::add);
    return sha256.hex();
  }
}
