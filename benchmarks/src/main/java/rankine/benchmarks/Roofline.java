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
 * Measures the machine's limits: fused multiply-adds in registers, and sequential reads of memory
 * in four streams. The roofline model of Williams, Waterman and Patterson (2009).
 */
final class Roofline implements AutoCloseable {
  private static final int FMA_STEPS = 20_000;
  private static final int FMA_REPEATS = 8_000;

  /** Bytes read by each thread, to exceed its share of the caches. */
  private static final long READ_BYTES = 256L << 20;

  /** Passes over them, so that the time of starting threads is negligible. */
  private static final int READ_PASSES = 10;

  /** Steps per call. */
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

  /** Returns float32 operations per second over all threads; a multiply-add counts as two. */
  double flops() {
    double operations = (double) MachineLimits.STEP_FLOPS * FMA_STEPS * FMA_REPEATS * threads;
    return operations
        / onAllThreads(
            thread -> {
              double sum = 0;
              for (int i = 0; i < FMA_REPEATS; i++) {
                sum += MachineLimits.multiplyAdds(i, FMA_STEPS);
              }
              return sum;
            });
  }

  /** Returns bytes per second read by all threads. */
  double bytes() {
    while (memory.size() < threads) {
      memory.add(arena.allocate(READ_BYTES, 64).fill((byte) 0));
    }
    return (double) READ_BYTES
        * READ_PASSES
        * threads
        / onAllThreads(
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

  /** Returns the seconds until {@code body} has run once on each thread. */
  private double onAllThreads(IntToDoubleFunction body) {
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
