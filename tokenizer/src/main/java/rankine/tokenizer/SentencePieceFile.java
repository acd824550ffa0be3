package rankine.tokenizer;

import java.util.ArrayList;
import java.util.List;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;

/**
 * The contents of a SentencePiece {@code tokenizer.model} (a protobuf {@code ModelProto}) that
 * affect the ids. Field numbers and defaults are those of sentencepiece_model.proto. Refuses a
 * model with an option that is not implemented.
 *
 * @param pieces by id
 * @param byteFallback encode unknown characters as byte pieces
 * @param dummyPrefix put a space before the text
 * @param bos the beginning-of-sequence piece
 * @param eos the end-of-sequence piece
 */
record SentencePieceFile(
    List<VocabularyPiece> pieces,
    boolean byteFallback,
    boolean dummyPrefix,
    String bos,
    String eos) {
  /** An entry of the vocabulary. */
  record VocabularyPiece(String text, float score, Type type) {}

  /** The kind of a piece, as in {@code SentencePiece.Type}. */
  enum Type {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  SentencePieceFile {
    pieces = List.copyOf(pieces);
  }

  static SentencePieceFile read(String file, byte[] bytes) {
    return new ModelProtoReader(file).read(new ProtoReader(file, bytes));
  }

  private static final class ModelProtoReader {
    private static final int BPE = 2;

    /**
     * Longest normal piece, in UTF-16 units: each of its divisions is looked up. SentencePiece
     * trains pieces of 16 characters unless told otherwise.
     */
    private static final int MAX_NORMAL = 256;

    /** Piece types by their number, from 1. */
    private static final List<Type> TYPES =
        List.of(Type.NORMAL, Type.UNKNOWN, Type.CONTROL, Type.USER_DEFINED, Type.UNUSED, Type.BYTE);

    /** Algorithms by their number, from 0. */
    private static final List<String> ALGORITHMS = List.of("?", "unigram", "BPE", "word", "char");

    private final String file;
    private final List<VocabularyPiece> pieces = new ArrayList<>();
    private int algorithm = 1;
    private boolean byteFallback;
    private boolean dummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private boolean escapeSpaces = true;
    private String bos = "<s>";
    private String eos = "</s>";

    ModelProtoReader(String file) {
      this.file = file;
    }

    SentencePieceFile read(ProtoReader model) {
      while (model.next()) {
        switch (model.field()) {
          case 1 -> piece(model.message());
          case 2 -> trainer(model.message());
          case 3 -> normalizer(model.message());
          case 5 -> denormalizer(model.message());
          default -> {} // 4: self_test_data
        }
      }
      if (pieces.isEmpty()) {
        throw fault("pieces", "a SentencePiece vocabulary", "no piece");
      }
      if (algorithm != BPE) {
        String name =
            algorithm >= 0 && algorithm < ALGORITHMS.size() ? ALGORITHMS.get(algorithm) : "?";
        throw fault(
            "trainer_spec.model_type", "2 (BPE)", algorithm + " (" + name + "): not implemented");
      }
      if (removeExtraSpaces) {
        throw fault("normalizer_spec.remove_extra_whitespaces", "false", "true: not implemented");
      }
      if (!escapeSpaces) {
        throw fault("normalizer_spec.escape_whitespaces", "true", "false: not implemented");
      }
      return new SentencePieceFile(pieces, byteFallback, dummyPrefix, bos, eos);
    }

    private void piece(ProtoReader message) {
      if (pieces.size() == Vocabulary.ID_LIMIT) {
        throw fault("pieces", "at most " + Vocabulary.ID_LIMIT, "more");
      }
      String key = "pieces[" + pieces.size() + "]";
      String text = "";
      float score = 0;
      int type = 1;
      while (message.next()) {
        switch (message.field()) {
          case 1 -> text = message.string();
          case 2 -> score = message.float32();
          case 3 -> type = message.integer();
          default -> {}
        }
      }
      if (text.isEmpty()) {
        throw fault(key + ".piece", "text", "\"\"");
      }
      if (type == 1 && text.length() > MAX_NORMAL) {
        throw fault(
            key + ".piece", "at most " + MAX_NORMAL + " characters", text.length() + " of them");
      }
      if (Float.isNaN(score)) {
        throw fault(key + ".score", "a number", "NaN");
      }
      if (type < 1 || type > TYPES.size()) {
        throw fault(key + ".type", "1 to " + TYPES.size(), Integer.toString(type));
      }
      Type named = TYPES.get(type - 1);
      if (named == Type.UNUSED) {
        throw fault(
            key + ".type",
            "normal, unknown, control, user-defined or byte",
            named + " (" + Shown.quote(text) + "): not implemented");
      }
      pieces.add(new VocabularyPiece(text, score, named));
    }

    private void trainer(ProtoReader message) {
      while (message.next()) {
        switch (message.field()) {
          case 3 -> algorithm = message.integer();
          case 24 -> {
            if (message.bool()) {
              throw fault(
                  "trainer_spec.treat_whitespace_as_suffix", "false", "true: not implemented");
            }
          }
          case 35 -> byteFallback = message.bool();
          case 46 -> bos = message.string();
          case 47 -> eos = message.string();
          default -> {} // training options
        }
      }
    }

    private void normalizer(ProtoReader message) {
      String name = "";
      while (message.next()) {
        switch (message.field()) {
          case 1 -> name = message.string();
          case 2 -> {
            if (message.byteCount() > 0) {
              throw fault(
                  "normalizer_spec.precompiled_charsmap",
                  "none (the identity)",
                  "one " + Shown.quote(name) + ": not implemented");
            }
          }
          case 3 -> dummyPrefix = message.bool();
          case 4 -> removeExtraSpaces = message.bool();
          case 5 -> escapeSpaces = message.bool();
          default -> {}
        }
      }
    }

    private void denormalizer(ProtoReader message) {
      while (message.next()) {
        if (message.field() == 2 && message.byteCount() > 0) {
          throw fault("denormalizer_spec.precompiled_charsmap", "none", "one: not implemented");
        }
      }
    }

    private TokenizerException fault(String key, String expected, String found) {
      return TokenizerException.of(file, key, expected, found);
    }
  }
}
