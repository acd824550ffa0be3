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

  /** A decoder for one text whose ids come one after the other. */
  StreamingDecoder streamingDecoder();

  /**
   * What the files call this id: the content of an added token, or a piece in the tokenizer's own
   * writing.
   *
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  String piece(int id);

  /** Whether this id is a special token, which is no text; false outside the vocabulary. */
  boolean isSpecial(int id);

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

  /** Files, algorithm, size and BOS policy in one line, for people and for manifests. */
  String describe();

  /**
   * SHA-256, in hex, of the bytes of the files that this tokenizer was read from, one after the
   * other in the order of reading. A model's config.json is not among them.
   */
  String hash();
}
