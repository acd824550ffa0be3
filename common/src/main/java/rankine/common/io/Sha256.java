package rankine.common.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** An incremental SHA-256 of the concatenation of all that is added. */
public final class Sha256 {
  private final MessageDigest digest;

  /** Starts an empty digest. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the SHA-256 of {@code bytes}, in hex. */
  public static String hex(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** Returns the SHA-256 of {@code text} in UTF-8, in hex. */
  public static String hex(String text) {
    return new Sha256().add(text).hex();
  }

  /** Returns the SHA-256 of the texts in UTF-8, each followed by a line break, in hex. */
  public static String hexOfLines(Iterable<String> texts) {
    Sha256 sha256 = new Sha256();
    texts.forEach(text -> sha256.add(text + "\n"));
    return sha256.hex();
  }

  /** Adds bytes. */
  public Sha256 add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds a text in UTF-8. */
  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds the remaining bytes of the buffer. */
  public Sha256 add(ByteBuffer bytes) {
    digest.update(bytes);
    return this;
  }

  /** Returns the 32 bytes and resets the digest. */
  public byte[] bytes() {
    return digest.digest();
  }

  /** Returns {@link #bytes} in hex. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
