package rankine.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The folder that a tokenizer is read from; keeps the digest of what was read. */
final class TokenizerFiles {
  /** No tokenizer file comes near this size, in bytes. */
  private static final long LARGEST = 256L << 20;

  private final Path folder;
  private final MessageDigest digest;

  TokenizerFiles(Path folder) {
    this.folder = folder;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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

  /** Reads a file whole and adds it to the digest. */
  byte[] read(String name) {
    byte[] bytes = peek(name);
    digest.update(bytes);
    return bytes;
  }

  /** Reads a file whole, without adding it to the digest. */
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

  /** SHA-256, in hex, of the files read so far, one after the other in the order of reading. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
