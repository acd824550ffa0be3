package rankine.engine.icl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;

/** A token is a word with the space before it, or one other white space character. */
final class WordTokenizer implements Tokenizer {
  static final int BOS = 0;

  private static final Pattern TOKEN = Pattern.compile(" ?[^\\s]+|\\s");

  private final Pattern pattern;
  private final boolean bos;
  private final String before;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> texts = new ArrayList<>(List.of("<s>"));

  private WordTokenizer(Pattern pattern, boolean bos, String before) {
    this.pattern = pattern;
    this.bos = bos;
    this.before = before;
  }

  static WordTokenizer plain() {
    return new WordTokenizer(TOKEN, false, "");
  }

  static WordTokenizer withBos() {
    return new WordTokenizer(TOKEN, true, "");
  }

  /** Tokens are the matches of a pattern. */
  static WordTokenizer of(String pattern) {
    return new WordTokenizer(Pattern.compile(pattern, Pattern.DOTALL), false, "");
  }

  /** Adds a token before every text, as SentencePiece's dummy prefix does. */
  static WordTokenizer withDummyPrefix() {
    return new WordTokenizer(TOKEN, true, "\u2581");
  }

  @Override
  public int[] encode(String text) {
    List<Integer> found = new ArrayList<>();
    if (!before.isEmpty()) {
      found.add(id(before));
    }
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(id(matcher.group()));
    }
    return found.stream().mapToInt(i -> i).toArray();
  }

  private int id(String token) {
    return ids.computeIfAbsent(
        token,
        key -> {
          texts.add(key);
          return texts.size() - 1;
        });
  }

  @Override
  public int[] encodeWithSpecialTokens(String text) {
    throw new UnsupportedOperationException("an evaluation adds BOS itself");
  }

  @Override
  public String decode(int[] sequence) {
    StringBuilder text = new StringBuilder();
    for (int id : sequence) {
      text.append(texts.get(id));
    }
    return text.toString();
  }

  @Override
  public int vocabSize() {
    return texts.size();
  }

  @Override
  public OptionalInt bosId() {
    return bos ? OptionalInt.of(BOS) : OptionalInt.empty();
  }

  @Override
  public OptionalInt eosId() {
    return OptionalInt.empty();
  }

  @Override
  public boolean addsBos() {
    return bos;
  }

  @Override
  public boolean addsEos() {
    return false;
  }

  @Override
  public StreamingDecoder streamingDecoder() {
    throw new UnsupportedOperationException("an evaluation decodes whole answers");
  }

  @Override
  public String piece(int id) {
    return texts.get(id);
  }

  @Override
  public boolean hasPiece(int id) {
    return id >= 0 && id < texts.size();
  }

  @Override
  public boolean isSpecial(int id) {
    return id == BOS;
  }

  @Override
  public String describe() {
    return "words";
  }

  @Override
  public String hash() {
    return "none";
  }
}
