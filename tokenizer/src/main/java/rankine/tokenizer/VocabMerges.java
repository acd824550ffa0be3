package rankine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.Shown;

/** Reads GPT-2's file format: vocab.json and merges.txt. */
final class VocabMerges {
  static final String VOCAB = "vocab.json";
  static final String MERGES = "merges.txt";

  /** GPT-2's BOS, EOS and padding token. */
  private static final String END_OF_TEXT = "<|endoftext|>";

  /** Values of {@code tokenizer_class} that read these files as GPT-2 does. */
  private static final Set<String> CLASSES = Set.of("GPT2Tokenizer", "GPT2TokenizerFast");

  /** Returns whether there are both files. */
  static boolean areIn(TokenizerFiles files) {
    return files.has(VOCAB) && files.has(MERGES);
  }

  private VocabMerges() {}

  static TokenizerDefinition read(TokenizerFiles files, TokenizerConfig config) {
    config.requireClass(CLASSES, VOCAB + " and " + MERGES);
    String file = files.name(VOCAB);
    Vocabulary vocabulary = new Vocabulary(file, "");
    Json.of(file, TokenizerException::new).stream(
        files.read(VOCAB),
        parser -> {
          BpeModelJson.readVocabulary(parser, file, "", vocabulary);
          return vocabulary;
        });
    MergeTable merges = readMerges(files.name(MERGES), files.read(MERGES), vocabulary);
    BpeModel model =
        new BpeModel(file, vocabulary, merges, new BpeModel.Options(false, -1, false, false));
    int end = vocabulary.id(END_OF_TEXT);
    requireMerges(files.name(MERGES), vocabulary, merges, config);
    return new TokenizerDefinition(
        VOCAB + " + " + MERGES,
        "byte-level BPE",
        model,
        NormalizerJson.none(),
        PreTokenizerJson.gpt2(file, config.addPrefixSpace().orElse(false)),
        new Decoder(List.of(new Decoder.ByteLevelDecoder())),
        end < 0 ? List.of() : List.of(AddedToken.special(end, END_OF_TEXT)),
        end < 0 ? null : END_OF_TEXT,
        end < 0 ? null : END_OF_TEXT,
        SpecialTokenTemplate.NONE);
  }

  private static MergeTable readMerges(String file, byte[] bytes, Vocabulary vocabulary) {
    char[] chars = decode(file, bytes);
    MergeReader merges = new MergeReader(file, "merge", vocabulary);
    int from = 0;
    int line = 0;
    while (from < chars.length) {
      int end = from;
      while (end < chars.length && chars[end] != '\n') {
        end++;
      }
      int to = end > from && chars[end - 1] == '\r' ? end - 1 : end;
      boolean comment = line == 0 && new String(chars, from, to - from).startsWith("#version");
      if (!comment) {
        merges.addSpaced(chars, from, to - from);
      }
      from = end + 1;
      line++;
    }
    return merges.table();
  }

  /**
   * Refuses a piece of several characters that neither a merge produces nor is an added token: this
   * detects a truncated merges.txt.
   */
  private static void requireMerges(
      String file, Vocabulary vocabulary, MergeTable merges, TokenizerConfig config) {
    BitSet known = merges.results();
    config.added().forEach(token -> known.set(token.id()));
    for (int id = 0; id < vocabulary.end(); id++) {
      String piece = vocabulary.piece(id);
      boolean token = piece != null && piece.startsWith("<") && piece.endsWith(">");
      if (piece != null && piece.length() > 1 && !token && !known.get(id)) {
        throw TokenizerException.of(
            file,
            "",
            "a merge for each longer piece of " + VOCAB,
            "none that makes " + Shown.quote(piece));
      }
    }
  }

  private static char[] decode(String file, byte[] bytes) {
    try {
      CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return chars.toString().toCharArray();
    } catch (CharacterCodingException e) {
      throw TokenizerException.of(file, "", "UTF-8 text", "other bytes", e);
    }
  }
}
