package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.icl.Scorer.Query;

/**
 * The texts of an evaluation as a tree of token spans: a prefix that all share, the prompts that
 * follow it, and after each prompt those of its continuations that have more than one token. The
 * prompt's last row scores a continuation's first token; the row of its predecessor scores each
 * further token.
 */
final class TokenTree {
  private static final int[] NO_TARGETS = {};

  /** A node. Rows and logit rows are numbered across all spans, in their order. */
  record TreeNode(TokenSpan span, int firstRow, int firstLogitRow) {}

  private final List<TreeNode> nodes = new ArrayList<>();

  /** The spans of each query: its prompt, then one per continuation, or {@link TokenSpan#NONE}. */
  private final List<int[]> querySpans = new ArrayList<>();

  private int rows;
  private int logitRows;

  private TokenTree() {}

  /** Builds the tree of {@code queries} after {@code prefix}, which may be empty. */
  static TokenTree of(int[] prefix, List<Query> queries) {
    TokenTree tree = new TokenTree();
    int root =
        prefix.length == 0
            ? TokenSpan.NONE
            : tree.add(new TokenSpan(TokenSpan.NONE, prefix, noTargets(prefix.length)));
    for (Query query : queries) {
      tree.add(root, query);
    }
    return tree;
  }

  private void add(int root, Query query) {
    List<int[]> continuations = query.continuations();
    int[] spans = new int[1 + continuations.size()];
    int[][] targets = noTargets(query.prompt().length);
    targets[targets.length - 1] = continuations.stream().mapToInt(ids -> ids[0]).toArray();
    spans[0] = add(new TokenSpan(root, query.prompt(), targets));
    for (int c = 0; c < continuations.size(); c++) {
      int[] ids = continuations.get(c);
      spans[1 + c] = ids.length == 1 ? TokenSpan.NONE : add(continuationSpan(spans[0], ids));
    }
    querySpans.add(spans);
  }

  /** All tokens of a continuation but the last, each with the next token as its target. */
  private static TokenSpan continuationSpan(int prompt, int[] continuation) {
    int count = continuation.length - 1;
    int[][] targets = new int[count][];
    for (int i = 0; i < count; i++) {
      targets[i] = new int[] {continuation[i + 1]};
    }
    return new TokenSpan(prompt, Arrays.copyOf(continuation, count), targets);
  }

  private static int[][] noTargets(int length) {
    int[][] targets = new int[length][];
    Arrays.fill(targets, NO_TARGETS);
    return targets;
  }

  private int add(TokenSpan span) {
    nodes.add(new TreeNode(span, rows, logitRows));
    rows += span.ids().length;
    logitRows += span.logitRows();
    return nodes.size() - 1;
  }

  TreeNode node(int index) {
    return nodes.get(index);
  }

  /** Returns the number of tokens in the tree. */
  int rows() {
    return rows;
  }

  /** Returns the number of tokens with targets in the tree. */
  int logitRows() {
    return logitRows;
  }

  int queries() {
    return querySpans.size();
  }

  /** Returns the prefix's index, or {@link TokenSpan#NONE}. */
  int prefix() {
    return !nodes.isEmpty() && nodes.getFirst().span.logitRows() == 0 ? 0 : TokenSpan.NONE;
  }

  /** Returns the index of the span of query {@code query}'s prompt. */
  int prompt(int query) {
    return querySpans.get(query)[0];
  }

  /** Returns the indices of the spans that follow query {@code query}'s prompt. */
  int[] continuations(int query) {
    return Arrays.stream(querySpans.get(query)).skip(1).filter(s -> s != TokenSpan.NONE).toArray();
  }

  /** Returns the targets of every logit row, in order. */
  int[][] targets() {
    return nodes.stream()
        .flatMap(node -> Arrays.stream(node.span.targets()))
        .filter(targets -> targets.length > 0)
        .toArray(int[][]::new);
  }

  /**
   * Returns the log-likelihood of every continuation of every query.
   *
   * @param logProbabilities [logit rows][]: in the order of {@link #targets}
   */
  List<double[]> scores(double[][] logProbabilities) {
    List<double[]> scores = new ArrayList<>();
    for (int[] spans : querySpans) {
      double[] firstTokens = logProbabilities[nodes.get(spans[0]).firstLogitRow];
      double[] sums = firstTokens.clone();
      for (int c = 0; c < sums.length; c++) {
        if (spans[1 + c] != TokenSpan.NONE) {
          sums[c] += sum(nodes.get(spans[1 + c]), logProbabilities);
        }
      }
      scores.add(sums);
    }
    return scores;
  }

  private static double sum(TreeNode continuation, double[][] logProbabilities) {
    double sum = 0;
    for (int i = 0; i < continuation.span.ids().length; i++) {
      sum += logProbabilities[continuation.firstLogitRow + i][0];
    }
    return sum;
  }
}
