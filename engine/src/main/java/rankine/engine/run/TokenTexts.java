package rankine.engine.run;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;

/**
 * The texts of single tokens, as log-probabilities show them: the text inside a longer one; for a
 * token that is no whole character, its entry in the vocabulary, such as {@code <0xE2>}; for an id
 * without an entry, and without a tokenizer, {@code token_id:ID}. Thread-safe.
 */
public final class TokenTexts {
  private static final char REPLACEMENT = '\uFFFD';

  /** Empty without a tokenizer. */
  private final Optional<Tokenizer> tokenizer;

  /** By id, as they are asked for. */
  private final AtomicReferenceArray<String> texts;

  private final int[] before;

  /** Prepares the texts of a model's tokens. */
  public TokenTexts(LoadedModel loaded) {
    tokenizer = loaded.hasTokenizer() ? Optional.of(loaded.tokenizer()) : Optional.empty();
    texts = new AtomicReferenceArray<>(tokenizer.map(Tokenizer::vocabSize).orElse(0));
    before = tokenizer.map(TokenTexts::first).orElse(new int[0]);
  }

  /**
   * Returns one token that is a character or more; none if there is none. A decoder may drop a
   * space at the start of a text, so that no other token is decoded there.
   */
  private static int[] first(Tokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabSize())
        .filter(id -> !tokenizer.isSpecial(id))
        .filter(
            id -> {
              String text = tokenizer.decode(new int[] {id});
              return !text.isBlank() && text.indexOf(REPLACEMENT) < 0;
            })
        .limit(1)
        .toArray();
  }

  /** Returns the text of a token. */
  public String of(int id) {
    if (!hasText(id)) {
      return "token_id:" + id;
    }
    String known = texts.get(id);
    if (known == null) {
      known = decoded(id);
      texts.set(id, known);
    }
    return known;
  }

  /** Returns the UTF-8 bytes of a token's text; empty for a token that is no whole character. */
  public Optional<byte[]> bytes(int id) {
    return hasText(id) && within(id).indexOf(REPLACEMENT) < 0
        ? Optional.of(of(id).getBytes(StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private boolean hasText(int id) {
    return tokenizer.isPresent() && tokenizer.get().hasPiece(id);
  }

  private String decoded(int id) {
    String text = within(id);
    return text.indexOf(REPLACEMENT) < 0 ? text : tokenizer.orElseThrow().piece(id);
  }

  private String within(int id) {
    StreamingDecoder decoder = tokenizer.orElseThrow().streamingDecoder();
    for (int other : before) {
      decoder.feed(other);
    }
    return decoder.feed(id) + decoder.finish();
  }

  /** Returns the places of tokens in a text that begins after {@code ids}. */
  public TokenOffsets offsetsAfter(int[] ids) {
    TokenOffsets offsets =
        new TokenOffsets(tokenizer.map(Tokenizer::streamingDecoder), texts.length());
    for (int id : ids) {
      offsets.skip(id);
    }
    return offsets;
  }

  /** Where the tokens of one text begin, in Unicode characters, as Python counts them. */
  public static final class TokenOffsets {
    private final Optional<StreamingDecoder> decoder;
    private final int vocabSize;
    private int offset;

    private TokenOffsets(Optional<StreamingDecoder> decoder, int vocabSize) {
      this.decoder = decoder;
      this.vocabSize = vocabSize;
    }

    /** Returns where the next token begins. */
    public int next(int id) {
      int start = offset;
      String text = skip(id);
      offset += text.codePointCount(0, text.length());
      return start;
    }

    /** Passes a token that is not part of the text; returns what its own text would be. */
    public String skip(int id) {
      return id < vocabSize ? decoder.orElseThrow().feed(id) : "";
    }
  }
}
