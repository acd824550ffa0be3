package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Answers from rows of logits: only they leave the device. */
final class LogitScoring {
  /** Targets that are scored at a time. */
  private static final int RESULTS = 64;

  private final FloatArray results = new FloatArray(RESULTS);
  private final IntArray column = new IntArray(1);
  private final Graph logProbabilities;
  private final Graph argmax;

  LogitScoring(GraphBuilder builder, DeviceMemory memory, IntArray control) {
    logProbabilities =
        builder.single(
            "logProbabilities",
            ScoringKernels.GROUP,
            null,
            results,
            (g, c) ->
                g.task(
                    GraphBuilder.TASK,
                    ScoringKernels::logProbabilities,
                    c,
                    control,
                    memory.tables(),
                    memory.floats(),
                    results));
    argmax =
        builder.single(
            "argmax",
            ScoringKernels.GROUP,
            null,
            column,
            (g, c) ->
                g.task(
                    GraphBuilder.TASK,
                    ScoringKernels::argmax,
                    c,
                    control,
                    memory.floats(),
                    column));
  }

  /**
   * For each row of targets, their log-probabilities.
   *
   * @param logits where the first row begins
   */
  double[][] logProbabilities(Device device, int logits, int width, int[][] targets) {
    int count = 0;
    for (int[] row : targets) {
      count += row.length;
    }
    int[] pairs = new int[2 * count];
    int next = 0;
    for (int i = 0; i < targets.length; i++) {
      for (int target : targets[i]) {
        pairs[next++] = i;
        pairs[next++] = target;
      }
    }
    float[] flat = new float[count];
    FreeList space = device.memory().tableSpace();
    int at = space.take(Math.max(1, pairs.length));
    device.transfers().sendInts(device, pairs, at);
    device.control(ScoringKernels.LOGITS, logits);
    device.control(ScoringKernels.WIDTH, width);
    for (int from = 0; from < count; from += RESULTS) {
      int some = Math.min(RESULTS, count - from);
      device.control(ScoringKernels.TARGETS, at + 2 * from);
      logProbabilities.groups(0, some);
      device.run(logProbabilities);
      for (int i = 0; i < some; i++) {
        flat[from + i] = results.get(i);
      }
    }
    space.give(at);
    double[][] answer = new double[targets.length][];
    next = 0;
    for (int i = 0; i < targets.length; i++) {
      answer[i] = new double[targets[i].length];
      for (int j = 0; j < answer[i].length; j++) {
        answer[i][j] = flat[next++];
      }
    }
    return answer;
  }

  /** The column of the largest of {@code width} values at {@code logits}. */
  int argmax(Device device, int logits, int width) {
    device.control(ScoringKernels.LOGITS, logits);
    device.control(ScoringKernels.WIDTH, width);
    argmax.groups(0, 1);
    device.run(argmax);
    return column.get(0);
  }
}
