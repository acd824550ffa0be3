package rankine.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import rankine.common.io.Text;

/**
 * The pipeline: added tokens, normalizer, pre-tokenizer and BPE model; decoder for the way back.
 */
final class BpeTokenizer implements Tokenizer {
  private final BpeModel model;
  private final Normalizer normalizer;
  private final PreTokenizer preTokenizer;
  private final Decoder decoder;
  private final Map<Integer, AddedToken> added = new HashMap<>();

  /** The decoded text of an added token: its normalized form if it is matched normalized. */
  private final Map<Integer, String> addedText = new HashMap<>();

  private final AddedTokenMatcher raw;
  private final AddedTokenMatcher normalized;
  private final SpecialTokens special;
  private final String description;
  private final String hash;
  private final int vocabSize;

  /**
   * @param definition of the main file; {@code added} replaces its added tokens
   * @param added all added tokens, checked against the vocabulary
   */
  BpeTokenizer(
      TokenizerDefinition definition, List<AddedToken> added, SpecialTokens special, String hash) {
    model = definition.model();
    normalizer = definition.normalizer();
    preTokenizer = definition.preTokenizer();
    decoder = definition.decoder();
    int end = model.vocabulary().end();
    for (AddedToken token : added) {
      this.added.put(token.id(), token);
      String text = token.content();
      addedText.put(token.id(), token.normalized() ? normalizer.apply(text) : text);
      end = Math.max(end, token.id() + 1);
    }
    vocabSize = end;
    raw = AddedToken.matcher(added, false, normalizer);
    normalized = AddedToken.matcher(added, true, normalizer);
    this.special = special;
    this.hash = hash;
    description =
        String.format(
            Locale.ROOT,
            "%s, %s, %d entries, %s",
            definition.source(),
            definition.kind(),
            vocabSize,
            special.describe(this::piece));
  }

  @Override
  public int[] encode(String text) {
    IntList ids = new IntList();
    encode(text, ids, model.encoder());
    return ids.toArray();
  }

  /** Encodes with the caller's encoder, so that tests can read its counters. */
  void encode(String text, IntList ids, BpeModel.BpeEncoder encoder) {
    String whole = Text.wellFormed(text);
    raw.split(
        whole,
        (from, to, id) -> {
          if (id >= 0) {
            ids.add(id);
          } else {
            encodePlain(whole.substring(from, to), from == 0, ids, encoder);
          }
        });
  }

  private void encodePlain(String text, boolean start, IntList ids, BpeModel.BpeEncoder encoder) {
    String rewritten = normalizer.apply(text);
    normalized.split(
        rewritten,
        (from, to, id) -> {
          if (id >= 0) {
            ids.add(id);
          } else {
            preTokenizer.split(
                rewritten.substring(from, to),
                start && from == 0,
                (preToken, atStart) -> encoder.encode(preToken, ids));
          }
        });
  }

  /**
   * The ids of the pre-tokens that no rest changes are kept; each rest is split from there on.
   * Falls back on encoding the whole where an added token, the normalizer or the pre-tokenizer may
   * reach back across the boundary.
   */
  @Override
  public PrefixEncoder startingWith(String prefix) {
    String start = Text.wellFormed(prefix);
    String rewritten = normalizer.apply(start);
    if (start.isEmpty() || !raw.holdsNone(start, 0) || !normalized.holdsNone(rewritten, 0)) {
      return Tokenizer.super.startingWith(prefix);
    }
    int settled = preTokenizer.settled(rewritten);
    int[] all = encodeRest(rewritten, 0);
    int[] tail = encodeRest(rewritten, settled);
    int[] kept = Arrays.copyOf(all, all.length - tail.length);
    return rest -> {
      String whole = Text.wellFormed(prefix + rest);
      String text = normalizer.apply(whole);
      return whole.startsWith(start)
              && text.startsWith(rewritten)
              && raw.holdsNone(whole, start.length())
              && normalized.holdsNone(text, rewritten.length())
          ? IntStream.concat(IntStream.of(kept), IntStream.of(encodeRest(text, settled))).toArray()
          : encode(whole);
    };
  }

  private int[] encodeRest(String rewritten, int from) {
    IntList ids = new IntList();
    BpeModel.BpeEncoder encoder = model.encoder();
    preTokenizer.splitRest(rewritten, from, (preToken, start) -> encoder.encode(preToken, ids));
    return ids.toArray();
  }

  @Override
  public int[] encodeWithSpecialTokens(String text) {
    return IntStream.concat(
            IntStream.concat(
                special.before().stream().mapToInt(Integer::intValue), IntStream.of(encode(text))),
            special.after().stream().mapToInt(Integer::intValue))
        .toArray();
  }

  @Override
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder();
    Decoder.DecoderState state = decoder.start(text, false);
    for (int id : ids) {
      feed(id, state);
    }
    state.end();
    return text.toString();
  }

  @Override
  public StreamingDecoder streamingDecoder() {
    return new StreamingDecoder(this, decoder);
  }

  void feed(int id, Decoder.DecoderState state) {
    if (id >= 0 && id < vocabSize && !hasPiece(id)) {
      return;
    }
    String text = addedText.get(id);
    state.token(text != null ? text : piece(id), text != null);
  }

  @Override
  public String piece(int id) {
    if (!hasPiece(id)) {
      throw new IllegalArgumentException(
          "token id: expected one of the vocabulary's, 0 to %d, found %d"
              .formatted(vocabSize - 1, id));
    }
    AddedToken token = added.get(id);
    return token != null ? token.content() : model.vocabulary().piece(id);
  }

  @Override
  public boolean hasPiece(int id) {
    return added.containsKey(id) || model.vocabulary().piece(id) != null;
  }

  @Override
  public boolean isSpecial(int id) {
    AddedToken token = added.get(id);
    return token != null && token.special();
  }

  BpeModel model() {
    return model;
  }

  @Override
  public int vocabSize() {
    return vocabSize;
  }

  @Override
  public OptionalInt bosId() {
    return special.bos();
  }

  @Override
  public OptionalInt eosId() {
    return special.eos();
  }

  @Override
  public boolean addsBos() {
    return special.addsBos();
  }

  @Override
  public boolean addsEos() {
    return special.addsEos();
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public String hash() {
    return hash;
  }
}
