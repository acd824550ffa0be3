package rankine.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToDoubleFunction;
import rankine.kernels.cpu.MachineLimits;

/**
 * What the machine can do at most, measured: fused multiply-adds in registers, and reading of
 * memory once, in four streams. The roofline model of Williams, Waterman and Patterson (2009).
 */
final class Roofline implements AutoCloseable {
  private static final int FMA_STEPS = 20_000;
  private static final int FMA_REPEATS = 8_000;

  /** Bytes each thread reads: more than any cache holds. */
  private static final long READ_BYTES = 256L << 20;

  /** Times that it reads them: short runs would show how threads start, not how memory reads. */
  private static final int READ_PASSES = 10;

  /** Steps of one call. */
  private static final int READ_STEPS = 4096;

  private final int threads;
  private final ExecutorService pool;
  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> memory = new ArrayList<>();
  private double sink;

  Roofline(int threads) {
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  /** Float32 operations a second, two for a multiply-add, over all threads together. */
  double flops() {
    double operations = (double) MachineLimits.STEP_FLOPS * FMA_STEPS * FMA_REPEATS * threads;
    return operations
        / together(
            thread -> {
              double sum = 0;
              for (int i = 0; i < FMA_REPEATS; i++) {
                sum += MachineLimits.multiplyAdds(i, FMA_STEPS);
              }
              return sum;
            });
  }

  /** Bytes a second that all threads together read. */
  double bytes() {
    while (memory.size() < threads) {
      memory.add(arena.allocate(READ_BYTES, 64).fill((byte) 0));
    }
    return (double) READ_BYTES
        * READ_PASSES
        * threads
        / together(
            thread -> {
              double sum = 0;
              long stream = READ_BYTES / MachineLimits.STREAMS;
              long step = (long) MachineLimits.STEP_BYTES / MachineLimits.STREAMS * READ_STEPS;
              for (int pass = 0; pass < READ_PASSES; pass++) {
                for (long at = 0; at + step <= stream; at += step) {
                  sum += MachineLimits.read(memory.get(thread), at, stream, READ_STEPS);
                }
              }
              return sum;
            });
  }

  /** Seconds until {@code body} has run once on each thread. */
  private double together(IntToDoubleFunction body) {
    return Worker.seconds(
        () -> {
          List<Future<Double>> all = new ArrayList<>();
          for (int t = 0; t < threads; t++) {
            int thread = t;
            all.add(pool.submit(() -> body.applyAsDouble(thread)));
          }
          for (Future<Double> one : all) {
            try {
              sink += one.get();
            } catch (InterruptedException | ExecutionException e) {
              throw new IllegalStateException(e);
            }
          }
        });
  }

  @Override
  public void close() {
    pool.shutdown();
    arena.close();
  }
}
