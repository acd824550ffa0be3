package rankine.common;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 in the making: what is added is hashed as if it were one text. */
public final class Sha256 {
  private final MessageDigest digest;

  /** Of nothing yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Of {@code bytes}, in hex. */
  public static String hex(byte[] bytes) {
    return new Sha256().add(bytes).hex();
  }

  /** Of {@code text}'s UTF-8 bytes, in hex. */
  public static String hex(String text) {
    return new Sha256().add(text).hex();
  }

  /** Of the texts in UTF-8, each followed by a line break, in hex. */
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

  /** Adds a text's UTF-8 bytes. */
  public Sha256 add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds what remains of {@code bytes}. */
  public Sha256 add(ByteBuffer bytes) {
    digest.update(bytes);
    return this;
  }

  /** The 32 bytes; what is added afterwards makes another hash. */
  public byte[] bytes() {
    return digest.digest();
  }

  /** {@link #bytes} in hex. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }
}
