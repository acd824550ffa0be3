package rankine.engine.icl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import rankine.common.io.Sha256;

/**
 * Every random choice of an evaluation, reproducible from its description alone.
 *
 * <p>The generator is {@link Random}, whose algorithm Java specifies. Its seed is the first 8 bytes
 * (big-endian) of the SHA-256 of {@code task|purpose|seed}, so that no two purposes share a
 * sequence. The shuffle is Fisher and Yates's, from the last place down.
 */
final class Randomness {
  private Randomness() {}

  /** The numbers 0 … {@code n} - 1 in the order that task, purpose and seed fix. */
  static List<Integer> permutation(int n, String task, String purpose, long seed) {
    byte[] digest = new Sha256().add(task + "|" + purpose + "|" + seed).bytes();
    Random random = new Random(ByteBuffer.wrap(digest).getLong());
    List<Integer> order = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      order.add(i);
    }
    for (int i = n - 1; i > 0; i--) {
      Collections.swap(order, i, random.nextInt(i + 1));
    }
    return order;
  }

  /** {@code items} in the order of their permutation. */
  static <T> List<T> shuffled(List<T> items, String task, String purpose, long seed) {
    return permutation(items.size(), task, purpose, seed).stream().map(items::get).toList();
  }
}
