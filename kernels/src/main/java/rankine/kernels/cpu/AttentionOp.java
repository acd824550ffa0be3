package rankine.kernels.cpu;

import java.util.Arrays;
import rankine.kernels.Op;

/**
 * Attention in groups of rows, head by head, whose keys and values stay in a second-level cache.
 * Prepared anew for each operation, like {@link RowWiseOp}.
 */
final class AttentionOp implements Workers.Body {
  /** Rows whose attention is one task, and heads that are attended to together. */
  private static final int GROUP = GroupedAttentionKernel.QUERIES;

  private final CpuKernels kernels;
  private final Workers workers;

  /** Scratch of each worker for attention scores; grows with the longest sequence. */
  private final float[][] scores;

  /** Scratch of each worker: positions that the queries of a group see. */
  private final int[][] lengths;

  private Op.Attention op;
  private RunContext run;
  private int rows;
  private int groups;

  /** Heads of a task. */
  private int heads;

  AttentionOp(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.scores = new float[workers.size()][0];
    this.lengths = new int[workers.size()][GROUP];
  }

  void over(Op.Attention op, RunContext run) {
    int needed = GROUP * Math.ceilDiv(run.index().positions() + CpuKvCache.BLOCK, 256) * 256;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i].length < needed) {
        scores[i] = new float[needed];
      }
    }
    this.op = op;
    this.run = run;
    this.rows = run.rows(op.queries()).rows();
    this.groups = Math.ceilDiv(rows, GROUP);
    this.heads = groups == 1 ? together(op, run) : 1;
    workers.run(Math.multiplyExact(groups, op.heads() / heads), this);
  }

  /**
   * When decoding, time goes into reading keys and values: heads that share them are one task,
   * unless that leaves some worker with less than others.
   */
  private int together(Op.Attention op, RunContext run) {
    int token = run.token(op.queries(), 0);
    int kvHeads = run.cache(run.index().sequence(token)).shape().kvHeads();
    boolean even = op.heads() % kvHeads == 0 && kvHeads % workers.size() == 0;
    return even ? op.heads() / kvHeads : 1;
  }

  /** The longest rows come last: they are started with, so that the workers finish together. */
  @Override
  public void run(int worker, int i) {
    int first = (groups - 1 - i % groups) * GROUP;
    int end = Math.min(first + GROUP, rows);
    int firstHead = i / groups * heads;
    if (heads < GroupedAttentionKernel.LEAST) {
      for (int h = firstHead; h < firstHead + heads; h++) {
        for (int row = first; row < end; row += rows(h, row, end, worker)) {}
      }
      return;
    }
    for (int row = first; row < end; row++) {
      for (int h = 0; h < heads; h += GROUP) {
        heads(firstHead + h, Math.min(GROUP, heads - h), row, worker);
      }
    }
  }

  /**
   * Attention of head h for rows from {@code row} on, below {@code end}, as far as they are of one
   * sequence; returns how many.
   */
  private int rows(int h, int row, int end, int worker) {
    int sequence = run.index().sequence(run.token(op.queries(), row));
    int count = 0;
    while (row + count < end) {
      int t = run.token(op.queries(), row + count);
      if (run.index().sequence(t) != sequence) {
        break;
      }
      lengths[worker][count++] = run.index().position(t) + 1;
    }
    attend(h, row, count, run.rows(op.queries()).stride(), run.rows(op.out()).stride(), worker);
    return count;
  }

  /** Attention of a row for {@code count} heads from h on, which read the same keys and values. */
  private void heads(int h, int count, int row, int worker) {
    int t = run.token(op.queries(), row);
    Arrays.fill(lengths[worker], 0, count, run.index().position(t) + 1);
    int headDim = run.rows(op.queries()).width() / op.heads();
    attend(h, row, count, headDim, headDim, worker);
  }

  /** From head h of a row on, {@code count} heads that lie so far apart, of rows or of heads. */
  private void attend(int h, int row, int count, int step, int outStep, int worker) {
    ActivationRows q = run.rows(op.queries());
    ActivationRows out = run.rows(op.out());
    int headDim = q.width() / op.heads();
    CpuKvCache cache = run.cache(run.index().sequence(run.token(op.queries(), row)));
    kernels.attendTogether(
        q.data(),
        q.at(row) + h * headDim,
        step,
        count,
        cache,
        op.layer(),
        (int) ((long) h * cache.shape().kvHeads() / op.heads()),
        lengths[worker],
        op.scale(),
        scores[worker],
        out.data(),
        out.at(row) + h * headDim,
        outStep);
  }
}
