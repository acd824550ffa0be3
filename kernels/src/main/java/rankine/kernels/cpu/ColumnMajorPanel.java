package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import rankine.kernels.Matrix;

/**
 * Packs column-major W into the panel that {@link Float32MicroKernel} reads. Each stored type has
 * one method that packs a whole panel: a call per few vectors took half of the copying time.
 *
 * <p>A column is read across all tiles of the panel at once, because the next column is in another
 * page.
 */
final class ColumnMajorPanel {
  private static final int COLS = Float32MicroKernel.COLS;

  private ColumnMajorPanel() {}

  /**
   * Packs whole tiles of a slice.
   *
   * @param o first row of W
   * @param tiles tiles of {@link Float32MicroKernel#COLS} rows of W
   * @param from first feature of the slice
   * @param depth features of the slice
   * @param panel element (o + t COLS + i, from + {@link FeatureSlices#feature} of p) at {@code
   *     START + (t * depth + p) * COLS + i}
   * @param run scratch, [tiles * COLS]
   */
  static void pack(Matrix w, int o, int tiles, int from, int depth, float[] panel, float[] run) {
    int bytes = w.dtype().bytes();
    long step = w.colStride() * bytes;
    long start = from * step + (long) o * bytes;
    switch (w.dtype()) {
      case F32 -> f32(w.data(), start, step, tiles, depth, panel);
      case F16 -> f16(w.data(), start, step, tiles, depth, panel, run);
      case BF16 -> bf16(w.data(), start, step, tiles, depth, panel);
    }
  }

  private static void f32(
      MemorySegment w, long start, long step, int tiles, int depth, float[] panel) {
    Lanes.readsMapped(w);
    for (int p = 0; p < depth; p++) {
      long column = start + FeatureSlices.feature(p, depth) * step;
      for (int t = 0; t < tiles; t++) {
        long b = column + 4L * t * COLS;
        int to = START + (t * depth + p) * COLS;
        Lanes.f32(w, b).intoArray(panel, to);
        Lanes.f32(w, b + 4L * COUNT).intoArray(panel, to + COUNT);
        Lanes.f32(w, b + 8L * COUNT).intoArray(panel, to + 2 * COUNT);
      }
    }
  }

  /**
   * Widens through {@code run}: see {@link Binary16#widen(MemorySegment, long, int, float[], int)}.
   */
  private static void f16(
      MemorySegment w, long start, long step, int tiles, int depth, float[] panel, float[] run) {
    for (int p = 0; p < depth; p++) {
      Binary16.widen(w, start + FeatureSlices.feature(p, depth) * step, tiles * COLS, run, 0);
      for (int t = 0; t < tiles; t++) {
        int from = t * COLS;
        int to = START + (t * depth + p) * COLS;
        FloatVector.fromArray(FLOATS, run, from).intoArray(panel, to);
        FloatVector.fromArray(FLOATS, run, from + COUNT).intoArray(panel, to + COUNT);
        FloatVector.fromArray(FLOATS, run, from + 2 * COUNT).intoArray(panel, to + 2 * COUNT);
      }
    }
  }

  private static void bf16(
      MemorySegment w, long start, long step, int tiles, int depth, float[] panel) {
    Lanes.readsMapped(w);
    for (int p = 0; p < depth; p++) {
      long column = start + FeatureSlices.feature(p, depth) * step;
      for (int t = 0; t < tiles; t++) {
        long b = column + 2L * t * COLS;
        int to = START + (t * depth + p) * COLS;
        Lanes.bf16(w, b).intoArray(panel, to);
        Lanes.bf16(w, b + 2L * COUNT).intoArray(panel, to + COUNT);
        Lanes.bf16(w, b + 4L * COUNT).intoArray(panel, to + 2 * COUNT);
      }
    }
  }
}
