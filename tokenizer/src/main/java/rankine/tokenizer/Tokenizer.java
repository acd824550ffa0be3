package rankine.tokenizer;

import java.util.OptionalInt;
import rankine.common.TokenizerException;

/**
 * Text to token ids and back. Immutable and safe for use by many threads.
 *
 * <p>{@code decode(encode(s))} equals {@code s} for every string of valid Unicode, as far as the
 * tokenizer's own normalizer keeps the text: NFC (Qwen) composes characters; SentencePiece's way
 * (LLaMA-2) makes a space of U+2581 and, in its legacy form, puts one after each special token. A
 * lone surrogate, which is no valid Unicode, is encoded as U+FFFD.
 *
 * <p>Time and memory are linear in the length of the text, but for a logarithm in that of its
 * longest word.
 */
public interface Tokenizer {

  /**
   * The ids of {@code text}. Special tokens in the text are recognised; none is added.
   *
   * @throws TokenizerException if the tokenizer has no ids for a character: no piece, no byte
   *     pieces and no unknown token
   */
  int[] encode(String text);

  /** As {@link #encode}, with BOS and EOS added as the tokenizer's own configuration says. */
  int[] encodeWithSpecialTokens(String text);

  /**
   * The text of {@code ids}, with special tokens as they are written; leave out those that are
   * {@link #isSpecial} to be without. Bytes that are not UTF-8 become U+FFFD.
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
   * other in the order of their names. A model's config.json is not among them.
   */
  String hash();
}
