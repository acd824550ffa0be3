package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Reduces rows of logits on the device; only the results are transferred. */
final class LogitScoring {
  /** Targets per execution. */
  private static final int MAX_TARGETS = 64;

  private final FloatArray results = new FloatArray(MAX_TARGETS);
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
   * Computes the log-probability of each target.
   *
   * @param logits offset of the first row of logits in the floats
   * @param targets target ids of each row
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
    int at = device.memory().allocateTable(Math.max(1, pairs.length));
    device.transfers().sendInts(device, pairs, at);
    device.control(ScoringKernels.LOGITS, logits);
    device.control(ScoringKernels.WIDTH, width);
    for (int from = 0; from < count; from += MAX_TARGETS) {
      int chunk = Math.min(MAX_TARGETS, count - from);
      device.control(ScoringKernels.TARGETS, at + 2 * from);
      logProbabilities.groups(0, chunk);
      device.run(logProbabilities);
      for (int i = 0; i < chunk; i++) {
        flat[from + i] = results.get(i);
      }
    }
    space.free(at);
    double[][] result = new double[targets.length][];
    next = 0;
    for (int i = 0; i < targets.length; i++) {
      result[i] = new double[targets[i].length];
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] = flat[next++];
      }
    }
    return result;
  }

  /** Returns the index of the largest of {@code width} values at offset {@code logits}. */
  int argmax(Device device, int logits, int width) {
    device.control(ScoringKernels.LOGITS, logits);
    device.control(ScoringKernels.WIDTH, width);
    argmax.groups(0, 1);
    device.run(argmax);
    return column.get(0);
  }
}
