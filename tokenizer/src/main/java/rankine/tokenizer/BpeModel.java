package rankine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import rankine.common.TokenizerException;

/**
 * Byte-pair encoding of one pre-token, by the rules of Hugging Face tokenizers' BPE model:
 * characters to ids (an unknown character to its bytes, else to the unknown token), then merges.
 */
final class BpeModel {
  /** Encodes a space in SentencePiece pieces. */
  static final char METASPACE = '\u2581';

  /**
   * Options of the model.
   *
   * @param byteFallback encode a character without a piece as its UTF-8 bytes, {@code <0xNN>}
   * @param unknown id for a character that has neither piece nor bytes; -1 if there is none
   * @param fuseUnknown encode a run of unknown characters as one id
   * @param ignoreMerges encode a pre-token that is in the vocabulary as that one id
   */
  record Options(boolean byteFallback, int unknown, boolean fuseUnknown, boolean ignoreMerges) {}

  private final String file;
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Options options;

  /** Ids of the characters of the basic multilingual plane; -1 for a character without a piece. */
  private final int[] characterIds = new int[1 << 16];

  /** Ids of {@code <0x00>} to {@code <0xFF>}; -1 if missing or byte fallback is off. */
  private final int[] byteIds = new int[256];

  /** True if no piece crosses the start of a word, so that words encode independently. */
  private final boolean wordsIndependent;

  private final WordCache cache = new WordCache();

  BpeModel(String file, Vocabulary vocabulary, MergeTable merges, Options options) {
    this.file = file;
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    Arrays.fill(characterIds, -1);
    boolean independent = true;
    for (int id = 0; id < vocabulary.end(); id++) {
      String piece = vocabulary.piece(id);
      if (piece != null) {
        if (piece.length() == 1) {
          characterIds[piece.charAt(0)] = id;
        }
        independent &= !crossesWordStart(piece);
      }
    }
    wordsIndependent = independent && characterIds[METASPACE] >= 0;
    for (int b = 0; b < 256; b++) {
      byteIds[b] = options.byteFallback ? vocabulary.id(String.format("<0x%02X>", b)) : -1;
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  Options options() {
    return options;
  }

  /** A new encoder, for one thread and one text. */
  BpeEncoder encoder() {
    return new BpeEncoder();
  }

  /** Returns whether {@code piece} crosses the start of a word: a space after another character. */
  private static boolean crossesWordStart(String piece) {
    for (int i = piece.indexOf(METASPACE, 1); i >= 0; i = piece.indexOf(METASPACE, i + 1)) {
      if (piece.charAt(i - 1) != METASPACE) {
        return true;
      }
    }
    return false;
  }

  /** Encodes pre-tokens; reuses its scratch arrays between them. */
  final class BpeEncoder {
    private final BpeMerger merger = new BpeMerger(merges);
    private int[] symbols = new int[256];
    private int count;

    /** See {@link BpeMerger#candidatesPopped}. */
    long candidatesPopped() {
      return merger.candidatesPopped();
    }

    /** Appends the ids of {@code preToken}. */
    void encode(String preToken, IntList out) {
      if (options.ignoreMerges) {
        int whole = vocabulary.id(preToken);
        if (whole >= 0) {
          out.add(whole);
          return;
        }
      }
      if (!wordsIndependent) {
        encodeWord(preToken, out);
        return;
      }
      // No piece of the vocabulary crosses the start of a word, so no merge does. Encoding word by
      // word gives the same ids and lets the cache find words.
      int start = 0;
      for (int i = 1; i < preToken.length(); i++) {
        if (preToken.charAt(i) == METASPACE && preToken.charAt(i - 1) != METASPACE) {
          encodeWord(preToken.substring(start, i), out);
          start = i;
        }
      }
      encodeWord(start == 0 ? preToken : preToken.substring(start), out);
    }

    private void encodeWord(String word, IntList out) {
      boolean cached = word.length() <= WordCache.MAX_LENGTH;
      int[] known = cached ? cache.get(word) : null;
      if (known != null) {
        out.addAll(known, 0, known.length);
        return;
      }
      toSymbols(word);
      int left = merger.merge(symbols, count);
      out.addAll(symbols, 0, left);
      if (cached) {
        cache.put(word, Arrays.copyOf(symbols, left));
      }
    }

    private void toSymbols(String word) {
      count = 0;
      // At most three bytes for each UTF-16 unit, and one pending unknown id.
      int capacity = (options.byteFallback ? 3 * word.length() : word.length()) + 1;
      if (symbols.length < capacity) {
        symbols = new int[capacity];
      }
      boolean unknownPending = false;
      int c;
      for (int i = 0; i < word.length(); i += Character.charCount(c)) {
        c = word.codePointAt(i);
        int id = c < characterIds.length ? characterIds[c] : vocabulary.id(Character.toString(c));
        if (id >= 0) {
          if (unknownPending) {
            symbols[count++] = options.unknown;
            unknownPending = false;
          }
          symbols[count++] = id;
        } else if (!addBytes(c)) {
          if (options.unknown < 0) {
            throw noPieceFor(c);
          }
          if (unknownPending && !options.fuseUnknown) {
            symbols[count++] = options.unknown;
          }
          unknownPending = true;
        }
      }
      if (unknownPending) {
        symbols[count++] = options.unknown;
      }
    }

    private boolean addBytes(int c) {
      if (!options.byteFallback) {
        return false;
      }
      byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
      for (byte b : utf8) {
        if (byteIds[b & 0xFF] < 0) {
          return false;
        }
      }
      for (byte b : utf8) {
        symbols[count++] = byteIds[b & 0xFF];
      }
      return true;
    }

    private TokenizerException noPieceFor(int c) {
      return TokenizerException.of(
          file,
          "model.vocab",
          "a piece for every character of the text, or an unk_token",
          String.format("no piece for U+%04X", c));
    }
  }
}
