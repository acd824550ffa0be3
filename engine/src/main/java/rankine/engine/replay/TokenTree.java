package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.icl.Scorer.Query;

/**
 * The texts of an evaluation as a tree: a prefix that all share, the prompts behind it, and behind
 * each prompt those of its continuations that have more than one token. A continuation's first
 * token is scored by the prompt's last row; each further one by its predecessor's.
 */
final class TokenTree {
  private static final int[] NO_TARGETS = {};

  /** A node; rows and wanted rows of all segments are numbered through, in their order. */
  record TreeNode(TokenSpan segment, int firstRow, int firstLogitRow) {}

  private final List<TreeNode> nodes = new ArrayList<>();

  /** The segments of each query: its prompt, then one a continuation, or none. */
  private final List<int[]> ofQuery = new ArrayList<>();

  private int rows;
  private int logitRows;

  private TokenTree() {}

  /** The tree of {@code queries} behind {@code prefix}, which may be empty. */
  static TokenTree of(int[] prefix, List<Query> queries) {
    TokenTree work = new TokenTree();
    int root =
        prefix.length == 0
            ? TokenSpan.NONE
            : work.add(new TokenSpan(TokenSpan.NONE, prefix, none(prefix.length)));
    for (Query query : queries) {
      work.add(root, query);
    }
    return work;
  }

  private void add(int root, Query query) {
    List<int[]> continuations = query.continuations();
    int[] segments = new int[1 + continuations.size()];
    int[][] targets = none(query.prompt().length);
    targets[targets.length - 1] = continuations.stream().mapToInt(ids -> ids[0]).toArray();
    segments[0] = add(new TokenSpan(root, query.prompt(), targets));
    for (int c = 0; c < continuations.size(); c++) {
      int[] ids = continuations.get(c);
      segments[1 + c] = ids.length == 1 ? TokenSpan.NONE : add(following(segments[0], ids));
    }
    ofQuery.add(segments);
  }

  /** A continuation's tokens but the last: each is followed by the next. */
  private static TokenSpan following(int prompt, int[] continuation) {
    int count = continuation.length - 1;
    int[][] targets = new int[count][];
    for (int i = 0; i < count; i++) {
      targets[i] = new int[] {continuation[i + 1]};
    }
    return new TokenSpan(prompt, Arrays.copyOf(continuation, count), targets);
  }

  private static int[][] none(int length) {
    int[][] targets = new int[length][];
    Arrays.fill(targets, NO_TARGETS);
    return targets;
  }

  private int add(TokenSpan segment) {
    nodes.add(new TreeNode(segment, rows, logitRows));
    rows += segment.ids().length;
    logitRows += segment.logitRows();
    return nodes.size() - 1;
  }

  TreeNode node(int index) {
    return nodes.get(index);
  }

  /** Tokens in all. */
  int rows() {
    return rows;
  }

  /** Tokens with targets in all. */
  int logitRows() {
    return logitRows;
  }

  int queries() {
    return ofQuery.size();
  }

  /** The prefix's index, or {@link TokenSpan#NONE}. */
  int prefix() {
    return !nodes.isEmpty() && nodes.getFirst().segment.logitRows() == 0 ? 0 : TokenSpan.NONE;
  }

  /** The segment of query {@code query}'s prompt. */
  int prompt(int query) {
    return ofQuery.get(query)[0];
  }

  /** The segments behind query {@code query}'s prompt. */
  int[] continuations(int query) {
    return Arrays.stream(ofQuery.get(query)).skip(1).filter(s -> s != TokenSpan.NONE).toArray();
  }

  /** The targets of every wanted row, in order. */
  int[][] targets() {
    return nodes.stream()
        .flatMap(node -> Arrays.stream(node.segment.targets()))
        .filter(targets -> targets.length > 0)
        .toArray(int[][]::new);
  }

  /**
   * The log-likelihood of every continuation of every query.
   *
   * @param found [wanted][]: log-probabilities as {@link #targets}
   */
  List<double[]> scores(double[][] found) {
    List<double[]> scores = new ArrayList<>();
    for (int[] segments : ofQuery) {
      double[] ofPrompt = found[nodes.get(segments[0]).firstLogitRow];
      double[] sums = ofPrompt.clone();
      for (int c = 0; c < sums.length; c++) {
        if (segments[1 + c] != TokenSpan.NONE) {
          sums[c] += sum(nodes.get(segments[1 + c]), found);
        }
      }
      scores.add(sums);
    }
    return scores;
  }

  private static double sum(TreeNode continuation, double[][] found) {
    double sum = 0;
    for (int i = 0; i < continuation.segment.ids().length; i++) {
      sum += found[continuation.firstLogitRow + i][0];
    }
    return sum;
  }
}
