package rankine.tokenizer;

import java.util.OptionalInt;

/**
 * Text to token ids and back. Immutable and safe for use by many threads.
 *
 * <p>{@code decode(encode(s))} equals {@code s} for every string of valid Unicode, as far as the
 * tokenizer's own normalizer keeps the text.
 */
public interface Tokenizer {

  /** The ids of {@code text}. Special tokens in the text are recognised; none is added. */
  int[] encode(String text);

  /** As {@link #encode}, with BOS and EOS added as the tokenizer's own configuration says. */
  int[] encodeWithSpecialTokens(String text);

  /**
   * The text of {@code ids}.
   *
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  String decode(int[] ids);

  /** One more than the largest id. */
  int vocabSize();

  /** The id that begins a text, where the tokenizer has one. */
  OptionalInt bosId();

  /** The id that ends a text, where the tokenizer has one. */
  OptionalInt eosId();

  /** Whether {@link #encodeWithSpecialTokens} puts {@link #bosId} first. */
  boolean addsBos();

  /** Whether {@link #encodeWithSpecialTokens} puts {@link #eosId} last. */
  boolean addsEos();

  /** SHA-256, in hex, of the bytes of the files that this tokenizer was read from. */
  String hash();
}
