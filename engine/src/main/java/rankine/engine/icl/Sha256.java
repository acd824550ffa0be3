package rankine.engine.icl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every Java platform has. */
final class Sha256 {
  private Sha256() {}

  static byte[] of(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In hex. */
  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(of(bytes));
  }

  /** Of the text's UTF-8 bytes, in hex. */
  static String hex(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
