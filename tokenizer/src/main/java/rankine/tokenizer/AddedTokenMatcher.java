package rankine.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Finds added tokens in text with a trie: the leftmost match, and the longest at that position.
 * Treats {@code lstrip}, {@code rstrip} and {@code single_word} as Hugging Face tokenizers does.
 */
final class AddedTokenMatcher {
  /** A token to find, and its id. */
  record MatchableToken(String text, int id, boolean singleWord, boolean lstrip, boolean rstrip) {}

  /** Receives the segments of the text in order. */
  interface SegmentSink {
    /**
     * Receives the segment {@code [from, to)}.
     *
     * @param id the token's id, or -1 for text between tokens
     */
    void segment(int from, int to, int id);
  }

  private static final Pattern WORD = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

  private static final class TrieNode {
    final Map<Character, TrieNode> next = new HashMap<>();
    MatchableToken token;
  }

  private final TrieNode root = new TrieNode();
  private final boolean empty;

  /** The most characters of a token. */
  private final int longest;

  /** A matcher for tokens, none with an empty text. The first of two with the same text wins. */
  AddedTokenMatcher(List<MatchableToken> tokens) {
    empty = tokens.isEmpty();
    longest = tokens.stream().mapToInt(token -> token.text.length()).max().orElse(0);
    for (MatchableToken token : tokens) {
      TrieNode node = root;
      for (int i = 0; i < token.text.length(); i++) {
        node = node.next.computeIfAbsent(token.text.charAt(i), c -> new TrieNode());
      }
      if (node.token == null) {
        node.token = token;
      }
    }
  }

  void split(String text, SegmentSink sink) {
    if (empty) {
      if (!text.isEmpty()) {
        sink.segment(0, text.length(), -1);
      }
      return;
    }
    int emitted = 0;
    int i = 0;
    while (i < text.length()) {
      MatchableToken token = longestAt(text, i);
      if (token == null) {
        i++;
        continue;
      }
      int from = i;
      int to = i + token.text.length();
      i = to;
      if (token.singleWord && (isWord(text, from, true) || isWord(text, to, false))) {
        continue;
      }
      if (token.lstrip) {
        while (from > emitted && WhiteSpace.is(text.charAt(from - 1))) {
          from--;
        }
      }
      if (token.rstrip) {
        while (to < text.length() && WhiteSpace.is(text.charAt(to))) {
          to++;
        }
      }
      if (from > emitted) {
        sink.segment(emitted, from, -1);
      }
      sink.segment(from, to, token.id);
      emitted = to;
    }
    if (emitted < text.length()) {
      sink.segment(emitted, text.length(), -1);
    }
  }

  /**
   * Returns whether no token is in {@code text}, of which the first {@code known} characters are
   * known to hold none.
   */
  boolean holdsNone(String text, int known) {
    int i = empty ? text.length() : Math.max(0, known - longest + 1);
    while (i < text.length() && longestAt(text, i) == null) {
      i++;
    }
    return i >= text.length();
  }

  private MatchableToken longestAt(String text, int from) {
    MatchableToken longest = null;
    TrieNode node = root;
    for (int i = from; i < text.length(); i++) {
      node = node.next.get(text.charAt(i));
      if (node == null) {
        break;
      }
      if (node.token != null) {
        longest = node.token;
      }
    }
    return longest;
  }

  /** Returns whether the character before {@code index} (or at it) is a word character. */
  private static boolean isWord(String text, int index, boolean before) {
    if (before ? index == 0 : index == text.length()) {
      return false;
    }
    int c = before ? text.codePointBefore(index) : text.codePointAt(index);
    return WORD.matcher(Character.toString(c)).matches();
  }
}
