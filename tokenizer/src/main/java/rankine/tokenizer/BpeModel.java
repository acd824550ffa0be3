package rankine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import rankine.common.TokenizerException;

/**
 * Byte-pair encoding of one piece of pre-tokenized text, by the rules of Hugging Face tokenizers'
 * BPE model: characters to ids (unknown ones by their bytes, else the unknown token), then merges.
 */
final class BpeModel {
  /** What stands for a space inside SentencePiece pieces. */
  static final char METASPACE = '\u2581';

  /**
   * Options of the model.
   *
   * @param byteFallback a character without a piece is written as its UTF-8 bytes, {@code <0xNN>}
   * @param unknown id for a character that has neither; -1 if there is none
   * @param fuseUnknown neighbouring unknown characters share one id
   * @param ignoreMerges a piece of text that is in the vocabulary as a whole is taken whole
   */
  record Options(boolean byteFallback, int unknown, boolean fuseUnknown, boolean ignoreMerges) {}

  private final String file;
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Options options;

  /** Ids of the characters of the basic plane; -1 where the character is no piece. */
  private final int[] characters = new int[1 << 16];

  /** Ids of {@code <0x00>} to {@code <0xFF>}; -1 where missing or byte fallback is off. */
  private final int[] bytes = new int[256];

  private final boolean wordsApart;
  private final PieceCache cache = new PieceCache();

  BpeModel(String file, Vocabulary vocabulary, MergeTable merges, Options options) {
    this.file = file;
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    Arrays.fill(characters, -1);
    boolean apart = true;
    for (int id = 0; id < vocabulary.end(); id++) {
      String piece = vocabulary.piece(id);
      if (piece != null) {
        if (piece.length() == 1) {
          characters[piece.charAt(0)] = id;
        }
        apart &= !spansWords(piece);
      }
    }
    wordsApart = apart && characters[METASPACE] >= 0;
    for (int b = 0; b < 256; b++) {
      bytes[b] = options.byteFallback ? vocabulary.id(String.format("<0x%02X>", b)) : -1;
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  Options options() {
    return options;
  }

  /** An encoder for one thread and a short while. */
  BpeEncoder encoder() {
    return new BpeEncoder();
  }

  /** Whether a word could end inside {@code piece}: something, then a space. */
  private static boolean spansWords(String piece) {
    for (int i = piece.indexOf(METASPACE, 1); i >= 0; i = piece.indexOf(METASPACE, i + 1)) {
      if (piece.charAt(i - 1) != METASPACE) {
        return true;
      }
    }
    return false;
  }

  /** Scratch space for encoding, kept from piece to piece. */
  final class BpeEncoder {
    private final BpeMerger merger = new BpeMerger(merges);
    private int[] symbols = new int[256];
    private int count;

    /** See {@link BpeMerger#steps}. */
    long steps() {
      return merger.steps();
    }

    /** Appends the ids of {@code piece}. */
    void encode(String piece, IntList out) {
      if (options.ignoreMerges) {
        int whole = vocabulary.id(piece);
        if (whole >= 0) {
          out.add(whole);
          return;
        }
      }
      if (!wordsApart) {
        encodeWord(piece, out);
        return;
      }
      // No piece of the vocabulary reaches over the start of a word, so no merge can: words may be
      // encoded one by one, with the same result, and found in the cache.
      int start = 0;
      for (int i = 1; i < piece.length(); i++) {
        if (piece.charAt(i) == METASPACE && piece.charAt(i - 1) != METASPACE) {
          encodeWord(piece.substring(start, i), out);
          start = i;
        }
      }
      encodeWord(start == 0 ? piece : piece.substring(start), out);
    }

    private void encodeWord(String word, IntList out) {
      boolean cached = word.length() <= PieceCache.LONGEST;
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
      // At most three bytes for each UTF-16 unit, and one unknown id that waits.
      int room = (options.byteFallback ? 3 * word.length() : word.length()) + 1;
      if (symbols.length < room) {
        symbols = new int[room];
      }
      boolean unknownWaits = false;
      int c;
      for (int i = 0; i < word.length(); i += Character.charCount(c)) {
        c = word.codePointAt(i);
        int id = c < characters.length ? characters[c] : vocabulary.id(Character.toString(c));
        if (id >= 0) {
          if (unknownWaits) {
            symbols[count++] = options.unknown;
            unknownWaits = false;
          }
          symbols[count++] = id;
        } else if (!addBytes(c)) {
          if (options.unknown < 0) {
            throw noPieceFor(c);
          }
          if (unknownWaits && !options.fuseUnknown) {
            symbols[count++] = options.unknown;
          }
          unknownWaits = true;
        }
      }
      if (unknownWaits) {
        symbols[count++] = options.unknown;
      }
    }

    private boolean addBytes(int c) {
      if (!options.byteFallback) {
        return false;
      }
      byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
      for (byte b : utf8) {
        if (bytes[b & 0xFF] < 0) {
          return false;
        }
      }
      for (byte b : utf8) {
        symbols[count++] = bytes[b & 0xFF];
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
