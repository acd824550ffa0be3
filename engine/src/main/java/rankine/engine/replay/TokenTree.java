package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.ModelException;
import rankine.engine.model.ModelConfig;

/**
 * Prompts as a tree of token spans: a prefix that they share, the rest of each prompt, and after
 * each prompt those of its continuations that have more than one token. A prompt that does not
 * begin with the prefix is a sequence of its own. The prompt's last row scores a continuation's
 * first token; the row of its predecessor scores each further token, but none that is given.
 */
public final class TokenTree {
  private static final int[] NO_TARGETS = {};

  /** A node. Rows and logit rows are numbered across all spans, in their order. */
  record TreeNode(TokenSpan span, int firstRow, int firstLogitRow) {}

  private final List<TreeNode> nodes = new ArrayList<>();

  /** For each prompt, the ids of each continuation that are not scored. */
  private final List<int[]> given = new ArrayList<>();

  /** The spans of each prompt: its own, then one per continuation, or {@link TokenSpan#NONE}. */
  private final List<int[]> promptSpans = new ArrayList<>();

  private final int root;
  private int rows;
  private int logitRows;

  private TokenTree(int[] prefix) {
    this.root =
        prefix.length == 0
            ? TokenSpan.NONE
            : add(new TokenSpan(TokenSpan.NONE, prefix, noTargets(prefix.length)));
  }

  /**
   * Builds the tree of {@code prompts}.
   *
   * @param prefix ids that prompts begin with, before at least one id of their own; may be empty
   */
  public static TokenTree of(int[] prefix, List<Prompt> prompts) {
    TokenTree tree = new TokenTree(prefix);
    for (Prompt prompt : prompts) {
      boolean shared =
          prompt.ids().length > prefix.length
              && Arrays.equals(prefix, Arrays.copyOf(prompt.ids(), prefix.length));
      tree.add(prompt, shared ? prefix.length : 0);
      tree.given.add(prompt.given());
    }
    return tree;
  }

  private void add(Prompt prompt, int shared) {
    List<int[]> continuations = prompt.continuations();
    int[] spans = new int[1 + continuations.size()];
    int[] ids = Arrays.copyOfRange(prompt.ids(), shared, prompt.ids().length);
    int[][] targets = noTargets(ids.length);
    targets[targets.length - 1] = continuations.stream().mapToInt(first -> first[0]).toArray();
    spans[0] = add(new TokenSpan(shared == 0 ? TokenSpan.NONE : root, ids, targets));
    for (int c = 0; c < continuations.size(); c++) {
      int[] continuation = continuations.get(c);
      spans[1 + c] =
          continuation.length == 1
              ? TokenSpan.NONE
              : add(continuationSpan(spans[0], continuation, prompt.given()[c]));
    }
    promptSpans.add(spans);
  }

  /**
   * All tokens of a continuation but the last, each with the next token as its target, unless that
   * is given.
   */
  private static TokenSpan continuationSpan(int prompt, int[] continuation, int given) {
    int count = continuation.length - 1;
    int[][] targets = new int[count][];
    for (int i = 0; i < count; i++) {
      targets[i] = i + 1 < given ? NO_TARGETS : new int[] {continuation[i + 1]};
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

  /**
   * Checks that a model accepts the tree.
   *
   * @throws ModelException for an id outside the vocabulary, or a text longer than the context
   */
  void check(ModelConfig config) {
    int[] end = new int[nodes.size()];
    for (int i = 0; i < end.length; i++) {
      TokenSpan span = nodes.get(i).span;
      checkIds(config, span.ids());
      for (int[] targets : span.targets()) {
        checkIds(config, targets);
      }
      end[i] = span.ids().length + (span.parent() == TokenSpan.NONE ? 0 : end[span.parent()]);
      if (end[i] > config.contextLength()) {
        throw new ModelException(
            "context: expected at most %d tokens (the model's limit), found %d"
                .formatted(config.contextLength(), end[i]));
      }
    }
  }

  private static void checkIds(ModelConfig config, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= config.vocabSize()) {
        throw new ModelException(
            "token id: expected 0 to %d (vocab_size %d), found %d"
                .formatted(config.vocabSize() - 1, config.vocabSize(), id));
      }
    }
  }

  /** Returns the spans, each after its parent. */
  public List<TokenSpan> spans() {
    return nodes.stream().map(TreeNode::span).toList();
  }

  TreeNode node(int index) {
    return nodes.get(index);
  }

  /** Returns the number of tokens in the tree. */
  public int rows() {
    return rows;
  }

  /** Returns the number of tokens with targets in the tree. */
  int logitRows() {
    return logitRows;
  }

  /** Returns the number of prompts. */
  public int prompts() {
    return promptSpans.size();
  }

  /** Returns the prefix's index, or {@link TokenSpan#NONE}. */
  int prefix() {
    return root;
  }

  /** Returns the ids of the prefix; may be empty. */
  public int[] prefixIds() {
    return root == TokenSpan.NONE ? new int[0] : nodes.get(root).span.ids();
  }

  /** Returns the span of a prompt: all its ids, or those after the prefix, its parent. */
  public TokenSpan span(int prompt) {
    return nodes.get(prompt(prompt)).span;
  }

  /** Returns the index of the span of a prompt. */
  int prompt(int prompt) {
    return promptSpans.get(prompt)[0];
  }

  /** Returns the indices of the spans that follow a prompt. */
  int[] continuations(int prompt) {
    return Arrays.stream(promptSpans.get(prompt))
        .skip(1)
        .filter(s -> s != TokenSpan.NONE)
        .toArray();
  }

  /** Returns the number of logit rows of the prompts before {@code prompt}. */
  int logitRowsBefore(int prompt) {
    return prompt == prompts() ? logitRows : nodes.get(prompt(prompt)).firstLogitRow;
  }

  /** Returns the targets of every logit row, in order. */
  int[][] targets() {
    return nodes.stream()
        .flatMap(node -> Arrays.stream(node.span.targets()))
        .filter(targets -> targets.length > 0)
        .toArray(int[][]::new);
  }

  /**
   * Returns the log-likelihood of every continuation of every prompt.
   *
   * @param logProbabilities [logit rows][]: in the order of {@link #targets}
   */
  List<double[]> scores(double[][] logProbabilities) {
    List<double[]> scores = new ArrayList<>();
    for (int prompt = 0; prompt < promptSpans.size(); prompt++) {
      int[] spans = promptSpans.get(prompt);
      int[] unscored = given.get(prompt);
      double[] sums = logProbabilities[nodes.get(spans[0]).firstLogitRow].clone();
      for (int c = 0; c < sums.length; c++) {
        if (unscored[c] > 0) {
          sums[c] = 0;
        }
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
    for (int i = 0; i < continuation.span.logitRows(); i++) {
      sum += logProbabilities[continuation.firstLogitRow + i][0];
    }
    return sum;
  }
}
