package rankine.cli.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** The keys that a server accepts, compared in constant time. */
final class ApiKeys {
  private static final String SCHEME = "Bearer ";

  private final List<byte[]> keys;

  /**
   * @param keys empty: every request is accepted
   */
  ApiKeys(List<String> keys) {
    this.keys = keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Returns whether a header {@code Authorization} has one of the keys, or none is needed. */
  boolean accept(String authorization) {
    if (keys.isEmpty()) {
      return true;
    }
    if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    byte[] found =
        authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    boolean accepted = false;
    for (byte[] key : keys) {
      accepted |= MessageDigest.isEqual(key, found);
    }
    return accepted;
  }
}
