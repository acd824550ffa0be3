package rankine.kernels.cpu;

import rankine.kernels.Op;

/**
 * Attention in groups of rows, head by head, whose keys and values stay in a second-level cache.
 * Prepared anew for each operation, like {@link RowLoop}.
 */
final class AttendLoop implements Workers.Body {
  /** Queries whose attention is one task. */
  private static final int GROUP = SharedAttention.QUERIES;

  private final CpuKernels kernels;
  private final Workers workers;

  /** Scratch of each worker for attention scores; grows with the longest sequence. */
  private final float[][] scores;

  /** Scratch of each worker: positions that the queries of a group see. */
  private final int[][] lengths;

  private Op.Attend op;
  private Operands run;
  private int rows;
  private int groups;

  /** Heads of a task. */
  private int heads;

  AttendLoop(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.scores = new float[workers.size()][0];
    this.lengths = new int[workers.size()][GROUP];
  }

  void over(Op.Attend op, Operands run) {
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
  private int together(Op.Attend op, Operands run) {
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
    for (int h = firstHead; h < firstHead + heads; h++) {
      for (int row = first; row < end; row += group(h, row, end, worker)) {}
    }
  }

  /**
   * Attention of head h for rows from {@code row} on, below {@code end}, as far as they are of one
   * sequence; returns how many.
   */
  private int group(int h, int row, int end, int worker) {
    Rows q = run.rows(op.queries());
    int headDim = q.width() / op.heads();
    int sequence = run.index().sequence(run.token(op.queries(), row));
    CpuKvCache cache = run.cache(sequence);
    int count = 0;
    while (row + count < end) {
      int t = run.token(op.queries(), row + count);
      if (run.index().sequence(t) != sequence) {
        break;
      }
      lengths[worker][count++] = run.index().position(t) + 1;
    }
    kernels.attendRows(
        q,
        row,
        count,
        h * headDim,
        cache,
        op.layer(),
        (int) ((long) h * cache.shape().kvHeads() / op.heads()),
        lengths[worker],
        op.scale(),
        scores[worker],
        run.rows(op.out()));
    return count;
  }
}
