package rankine.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;
import rankine.tokenizer.SentencePieceFile.VocabularyPiece;

/**
 * Reads SentencePiece's {@code tokenizer.model} as Hugging Face's LLaMA tokenizers do: encoding
 * recognises control pieces in the text and puts a space (the dummy prefix) before each segment of
 * text after one; with {@code "legacy": false} only before text that begins the whole and does not
 * begin with a space, as the conversion to tokenizer.json does (Metaspace, scheme first). Gemma's
 * have no dummy prefix, and user-defined pieces: those are found in the text before anything
 * merges, the longest first, spaces among them (as U+2581).
 */
final class SentencePiece {
  static final String NAME = "tokenizer.model";

  private static final Set<String> CLASSES =
      Set.of("GemmaTokenizer", "GemmaTokenizerFast", "LlamaTokenizer", "LlamaTokenizerFast");

  /** Escapes spaces too, in place of a normalizer. */
  private static final PreTokenizer PREFIX_AT_START =
      new PreTokenizer.MetaspacePreTokenizer(
          BpeModel.METASPACE, PreTokenizer.MetaspacePreTokenizer.Scheme.FIRST, false);

  private SentencePiece() {}

  static TokenizerDefinition read(TokenizerFiles files, TokenizerConfig config) {
    config.requireClass(CLASSES, NAME);
    String file = files.name(NAME);
    SentencePieceFile model = SentencePieceFile.read(file, files.read(NAME));
    String space = String.valueOf(BpeModel.METASPACE);
    Normalizer escape =
        new Normalizer.ReplaceNormalizer(new PatternFinder.LiteralFinder(" "), space);
    List<Decoder.DecoderStep> decoder = new ArrayList<>();
    decoder.add(new Decoder.ReplaceDecoder(new PatternFinder.LiteralFinder(space), " "));
    decoder.add(new Decoder.ByteFallbackDecoder(false));
    decoder.add(new Decoder.Fuse());
    boolean prefix = model.dummyPrefix() && config.addPrefixSpace().orElse(true);
    if (prefix) {
      decoder.add(new Decoder.StripStart(" ", 1));
    }
    boolean legacy = config.legacy().orElse(true);
    if (prefix) {
      requireNoUserDefined(file, model);
    }
    Vocabulary vocabulary = vocabulary(file, model);
    return new TokenizerDefinition(
        NAME,
        "SentencePiece BPE",
        new BpeModel(file, vocabulary, merges(file, model, vocabulary), options(file, model)),
        new Normalizer.NormalizerSequence(
            !prefix
                ? List.of(escape)
                : legacy ? List.of(new Normalizer.Prepend(space), escape) : List.of()),
        prefix && !legacy ? PREFIX_AT_START : PreTokenizerJson.none(),
        new Decoder(decoder),
        controls(model),
        known(vocabulary, model.bos()),
        known(vocabulary, model.eos()),
        bosFirst(vocabulary, model));
  }

  /** Such pieces are found in normalized text, where Prepend would change them too. */
  private static void requireNoUserDefined(String file, SentencePieceFile model) {
    for (int id = 0; id < model.pieces().size(); id++) {
      if (model.pieces().get(id).type() == SentencePieceFile.Type.USER_DEFINED) {
        throw TokenizerException.of(
            file,
            "pieces[" + id + "].type",
            "for a model with a dummy prefix normal, unknown, control or byte",
            "USER_DEFINED (%s): not implemented"
                .formatted(Shown.quote(model.pieces().get(id).text())));
      }
    }
  }

  private static Vocabulary vocabulary(String file, SentencePieceFile model) {
    Vocabulary vocabulary = new Vocabulary(file, "pieces");
    for (VocabularyPiece piece : model.pieces()) {
      vocabulary.add(piece.text(), vocabulary.end());
    }
    return vocabulary;
  }

  private static BpeModel.Options options(String file, SentencePieceFile model) {
    int unknown = -1;
    int bytes = 0;
    for (int id = 0; id < model.pieces().size(); id++) {
      SentencePieceFile.Type type = model.pieces().get(id).type();
      if (type == SentencePieceFile.Type.UNKNOWN) {
        if (unknown >= 0) {
          throw TokenizerException.of(
              file, "pieces", "one unknown piece", "ids " + unknown + " and " + id);
        }
        unknown = id;
      }
      bytes += type == SentencePieceFile.Type.BYTE ? 1 : 0;
    }
    if (unknown < 0) {
      throw TokenizerException.of(file, "pieces", "one unknown piece", "none");
    }
    if (bytes != (model.byteFallback() ? 256 : 0)) {
      throw TokenizerException.of(
          file,
          "pieces",
          model.byteFallback() ? "256 byte pieces" : "no byte pieces (byte_fallback is off)",
          Integer.toString(bytes));
    }
    return new BpeModel.Options(model.byteFallback(), unknown, true, false);
  }

  /**
   * SentencePiece merges two adjacent symbols if the result is a piece, the best score first. In
   * terms of BPE, each split of a piece into two pieces is a merge, ranked by the score of the
   * whole. Equal scores share a rank, so that the leftmost merges first.
   */
  private static MergeTable merges(String file, SentencePieceFile model, Vocabulary vocabulary) {
    List<VocabularyPiece> pieces = model.pieces();
    float[] scores = new float[pieces.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = pieces.get(id).score();
    }
    int[] ranks = ranks(scores);
    MergeTable merges = new MergeTable(file, 2 * pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      String text = pieces.get(id).text();
      if (pieces.get(id).type() != SentencePieceFile.Type.NORMAL
          || text.codePointCount(0, text.length()) < 2) {
        continue;
      }
      char[] chars = text.toCharArray();
      for (int cut = 1; cut < chars.length; cut++) {
        if (!Character.isLowSurrogate(chars[cut])) {
          int left = vocabulary.id(chars, 0, cut);
          int right = vocabulary.id(chars, cut, chars.length);
          if (isNormal(pieces, left) && isNormal(pieces, right)) {
            merges.put(left, right, ranks[id], id);
          }
        }
      }
      requireCharacters(file, text, pieces, vocabulary);
    }
    return merges;
  }

  private static boolean isNormal(List<VocabularyPiece> pieces, int id) {
    return id >= 0 && pieces.get(id).type() == SentencePieceFile.Type.NORMAL;
  }

  /** Refuses a piece with a character that has no piece, because no merge could produce it. */
  private static void requireCharacters(
      String file, String text, List<VocabularyPiece> pieces, Vocabulary vocabulary) {
    text.codePoints()
        .forEach(
            c -> {
              if (!isNormal(pieces, vocabulary.id(Character.toString(c)))) {
                throw TokenizerException.of(
                    file,
                    "pieces[" + Shown.quote(text) + "]",
                    "a piece for each of its characters",
                    String.format("none for U+%04X", c));
              }
            });
  }

  /** Dense ranks by descending score; equal scores share a rank. */
  private static int[] ranks(float[] scores) {
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    int[] ranks = new int[scores.length];
    for (int i = 0; i < scores.length; i++) {
      ranks[i] = distinct - 1 - Arrays.binarySearch(sorted, 0, distinct, scores[i]);
    }
    return ranks;
  }

  private static List<AddedToken> controls(SentencePieceFile model) {
    List<AddedToken> controls = new ArrayList<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      VocabularyPiece piece = model.pieces().get(id);
      if (piece.type() == SentencePieceFile.Type.CONTROL
          || piece.type() == SentencePieceFile.Type.UNKNOWN) {
        controls.add(AddedToken.special(id, piece.text()));
      } else if (piece.type() == SentencePieceFile.Type.USER_DEFINED) {
        controls.add(new AddedToken(id, piece.text(), false, true, false, false, false));
      }
    }
    return controls;
  }

  private static String known(Vocabulary vocabulary, String piece) {
    return vocabulary.id(piece) < 0 ? null : piece;
  }

  /** LLaMA's template adds BOS before a text; tokenizer_config.json may override it. */
  private static SpecialTokenTemplate bosFirst(Vocabulary vocabulary, SentencePieceFile model) {
    int bos = vocabulary.id(model.bos());
    return bos < 0 ? SpecialTokenTemplate.NONE : new SpecialTokenTemplate(List.of(bos), List.of());
  }
}
