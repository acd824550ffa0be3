package rankine.tokenizer;

import java.util.OptionalInt;
import rankine.common.TokenizerException;

/**
 * Text to token ids and back. Immutable and thread-safe.
 *
 * <p>{@code decode(encode(s))} equals {@code s} for every string of valid Unicode, up to the
 * changes that the tokenizer's normalizer makes: NFC (Qwen) composes characters; SentencePiece
 * (LLaMA-2) decodes U+2581 to a space and, in its legacy form, puts a space after each special
 * token. A lone surrogate, which is not valid Unicode, is encoded as U+FFFD.
 *
 * <p>Encoding takes O(n log w) time and O(n) memory for a text of n characters whose longest word
 * has w characters.
 */
public interface Tokenizer {

  /**
   * Encodes {@code text}. Recognises special tokens in the text; adds none.
   *
   * @throws TokenizerException for a character that has no piece, no byte pieces and no unknown
   *     token
   */
  int[] encode(String text);

  /** Encodes texts that begin with the same prefix. */
  @FunctionalInterface
  interface PrefixEncoder {
    /** Returns {@code encode(prefix + rest)}. */
    int[] encode(String rest);
  }

  /**
   * Returns an encoder of texts that begin with {@code prefix}. The tokenizer encodes once what
   * does not depend on the rest, if it can tell.
   */
  default PrefixEncoder startingWith(String prefix) {
    return rest -> encode(prefix + rest);
  }

  /** Encodes like {@link #encode} and adds BOS and EOS as the tokenizer's files specify. */
  int[] encodeWithSpecialTokens(String text);

  /**
   * Decodes {@code ids}. Special tokens appear as their content; callers that do not want them
   * leave out the ids that are {@link #isSpecial}. Bytes that are not UTF-8 become U+FFFD. An id of
   * the vocabulary without a piece has no text, as in Hugging Face tokenizers.
   *
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  String decode(int[] ids);

  /** A new incremental decoder, for the ids of one text. */
  StreamingDecoder streamingDecoder();

  /**
   * The entry of this id in the files: the content of an added token, or a piece in the
   * vocabulary's own encoding (GPT-2's byte alphabet, or U+2581 for a space).
   *
   * @throws IllegalArgumentException for an id that has none: see {@link #hasPiece}
   */
  String piece(int id);

  /**
   * Returns whether this id has a piece. Ids below {@link #vocabSize} may have none: a vocabulary
   * may leave out ids between its pieces and its added tokens.
   */
  boolean hasPiece(int id);

  /** Returns whether this id is a special (control) token; false outside the vocabulary. */
  boolean isSpecial(int id);

  /** One more than the largest id. */
  int vocabSize();

  /** The beginning-of-sequence id, if the tokenizer has one. */
  OptionalInt bosId();

  /** The end-of-sequence id, if the tokenizer has one. */
  OptionalInt eosId();

  /** Returns whether {@link #encodeWithSpecialTokens} puts {@link #bosId} first. */
  boolean addsBos();

  /** Returns whether {@link #encodeWithSpecialTokens} puts {@link #eosId} last. */
  boolean addsEos();

  /** One line for people and manifests: files, algorithm, vocabulary size, BOS and EOS policy. */
  String describe();

  /**
   * SHA-256, in hex, of the tokenizer's files, concatenated in the order of their names. A model's
   * config.json is not included.
   */
  String hash();
}
