package rankine.kernels.cpu;

import java.util.Arrays;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;

/**
 * Runs {@link Op.Attention} in groups of rows, head by head, so that a head's keys and values stay
 * in L2. One instance serves all operations, like {@link RowWiseOp}.
 */
final class AttentionOp implements Workers.Body {
  /** Rows per task, and heads that one call computes. */
  private static final int GROUP = AttentionCall.QUERIES;

  private final CpuKernels kernels;
  private final Workers workers;

  /** The call of each worker; the scratch for scores grows with the longest sequence. */
  private final AttentionCall[] calls;

  private Op.Attention op;
  private RunContext run;

  // Looked up once per operation: the lookup, inlined, was most of what C2 compiled for a task.
  private ActivationRows queries;
  private ActivationRows out;
  private int groups;

  /** Heads per task. */
  private int heads;

  AttentionOp(CpuKernels kernels, Workers workers) {
    this.kernels = kernels;
    this.workers = workers;
    this.calls = new AttentionCall[workers.size()];
    Arrays.setAll(calls, i -> new AttentionCall());
  }

  void execute(Op.Attention op, RunContext run) {
    int needed = GROUP * Math.ceilDiv(run.positions() + CpuKvCache.BLOCK, 256) * 256;
    for (AttentionCall call : calls) {
      if (call.scores.length < needed) {
        call.scores = new float[needed];
      }
    }
    if (op.scores().window() != AttentionScores.UNLIMITED) {
      for (int s = 0; s < run.batch().sequences().size(); s++) {
        CpuKvCache cache = run.cache(s);
        cache.release(op.layer(), op.scores().first(cache.length() + 1));
      }
    }
    this.op = op;
    this.run = run;
    this.queries = run.rows(op.queries());
    this.out = run.rows(op.out());
    this.groups = Math.ceilDiv(queries.rows(), GROUP);
    this.heads = groups == 1 ? headsPerTask(op, run) : 1;
    workers.run(Math.multiplyExact(groups, op.heads() / heads), this);
  }

  /**
   * Heads per task. Decoding is bound by reading keys and values, so heads that share them form one
   * task, unless the workers would get unequal shares.
   */
  private int headsPerTask(Op.Attention op, RunContext run) {
    int token = run.token(op.queries(), 0);
    int kvHeads = run.cache(run.sequence(token)).shape().kvHeads();
    boolean even = op.heads() % kvHeads == 0 && kvHeads % workers.size() == 0;
    return even ? op.heads() / kvHeads : 1;
  }

  /**
   * Runs a task. The rows with the most positions come first, so that the workers finish together.
   */
  @Override
  public void run(int worker, int i) {
    int first = (groups - 1 - i % groups) * GROUP;
    int end = Math.min(first + GROUP, queries.rows());
    int firstHead = i / groups * heads;
    if (heads < GroupedAttentionKernel.MIN_QUERIES) {
      for (int h = firstHead; h < firstHead + heads; h++) {
        for (int row = first; row < end; row += rows(h, row, end, calls[worker])) {}
      }
      return;
    }
    for (int row = first; row < end; row++) {
      for (int h = 0; h < heads; h += GROUP) {
        heads(firstHead + h, Math.min(GROUP, heads - h), row, calls[worker]);
      }
    }
  }

  /**
   * Computes head h for the rows from {@code row} on, below {@code end}, that belong to one
   * sequence; returns their number.
   */
  private int rows(int h, int row, int end, AttentionCall call) {
    int sequence = run.sequence(run.token(op.queries(), row));
    int count = 0;
    while (row + count < end) {
      int t = run.token(op.queries(), row + count);
      if (run.sequence(t) != sequence) {
        break;
      }
      call.lengths[count++] = run.position(t) + 1;
    }
    call.count = count;
    call.step = queries.stride();
    call.outStep = out.stride();
    attend(h, row, call);
    return count;
  }

  /** Computes {@code count} heads of a row from h on, which share keys and values. */
  private void heads(int h, int count, int row, AttentionCall call) {
    int t = run.token(op.queries(), row);
    Arrays.fill(call.lengths, 0, count, run.position(t) + 1);
    int headDim = queries.width() / op.heads();
    call.count = count;
    call.step = headDim;
    call.outStep = headDim;
    attend(h, row, call);
  }

  /** Computes the heads or rows of the call, from head h of {@code row} on. */
  private void attend(int h, int row, AttentionCall call) {
    int headDim = queries.width() / op.heads();
    call.q = queries.data();
    call.at = queries.at(row) + h * headDim;
    call.cache = run.cache(run.sequence(run.token(op.queries(), row)));
    call.layer = op.layer();
    call.kvHead = (int) ((long) h * call.cache.shape().kvHeads() / op.heads());
    call.rule = op.scores();
    call.out = out.data();
    call.to = out.at(row) + h * headDim;
    kernels.attend(call);
  }
}
