package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

import java.util.Arrays;

/**
 * Buffers of the float32 products, which run one after the other. They grow to the largest product
 * and are kept; their contents are undefined.
 */
final class GemmScratch {
  private float[] packed = {};
  private WorkerScratch[] workers = {};

  /** Prepares the buffers of this number of workers. */
  void ready(int size) {
    if (workers.length < size) {
      workers = new WorkerScratch[size];
      Arrays.setAll(workers, i -> new WorkerScratch());
    }
  }

  /** An operand in float32, packed in tiles, that all workers share. */
  float[] packed(int floats) {
    packed = grown(packed, floats);
    return packed;
  }

  WorkerScratch of(int worker) {
    return workers[worker];
  }

  private static float[] grown(float[] buffer, int floats) {
    return buffer.length < floats ? new float[floats] : buffer;
  }

  /** The buffers of one worker; arrays are in use from {@link ActivationRows#START} on. */
  static final class WorkerScratch {
    /** Rows of W in float32, in the layout of a micro-kernel. */
    float[] panel = {};

    /** Partial sums, or sums that wait for bias and residual. */
    float[] sums = {};

    /** Parts of rows or columns of W, widened, on their way to the panel. */
    float[] widened = {};

    /** A tile of {@link Float32MicroKernel}. */
    final float[] tile = Float32MicroKernel.allocate();

    final LaneTranspose transpose = new LaneTranspose();

    /** Where rows begin that are transposed, or multiplied by {@link DotMicroKernel}. */
    final int[] rows = new int[Math.max(COUNT, DotMicroKernel.ROWS)];

    /** Grows the arrays to at least these lengths. */
    void ready(int panel, int sums, int widened) {
      this.panel = grown(this.panel, panel);
      this.sums = grown(this.sums, sums);
      this.widened = grown(this.widened, widened);
    }
  }
}
