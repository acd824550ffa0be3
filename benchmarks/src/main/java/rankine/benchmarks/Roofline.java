package rankine.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine can do at most, measured: fused multiply-adds in registers, and reading of
 * memory once from start to end. The roofline model of Williams, Waterman and Patterson (2009).
 */
final class Roofline implements AutoCloseable {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /** Independent sums: a multiply-add's latency (4 cycles) times two of them a cycle, and more. */
  private static final int SUMS = 12;

  private static final int FMA_STEPS = 20_000;
  private static final int FMA_REPEATS = 8_000;

  /** Bytes each thread reads: more than any cache holds. */
  private static final long READ_BYTES = 256L << 20;

  /** Times that it reads them: short runs would show how threads start, not how memory reads. */
  private static final int READ_PASSES = 10;

  /** Vectors one call of {@link #read} takes. */
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
    double operations = 2.0 * LANES * SUMS * FMA_STEPS * FMA_REPEATS * threads;
    return operations
        / together(
            thread -> {
              double sum = 0;
              for (int i = 0; i < FMA_REPEATS; i++) {
                sum += multiplyAdds(i);
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
              long step = 4L * FLOATS.vectorByteSize() * READ_STEPS;
              for (int pass = 0; pass < READ_PASSES; pass++) {
                for (long at = 0; at + step <= READ_BYTES; at += step) {
                  sum += read(memory.get(thread), at);
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

  private static float multiplyAdds(float start) {
    FloatVector s0 = FloatVector.broadcast(FLOATS, start);
    FloatVector s1 = s0.add(1f);
    FloatVector s2 = s0.add(2f);
    FloatVector s3 = s0.add(3f);
    FloatVector s4 = s0.add(4f);
    FloatVector s5 = s0.add(5f);
    FloatVector s6 = s0.add(6f);
    FloatVector s7 = s0.add(7f);
    FloatVector s8 = s0.add(8f);
    FloatVector s9 = s0.add(9f);
    FloatVector s10 = s0.add(10f);
    FloatVector s11 = s0.add(11f);
    FloatVector a = FloatVector.broadcast(FLOATS, 1e-3f);
    FloatVector b = FloatVector.broadcast(FLOATS, 1e-3f);
    for (int i = 0; i < FMA_STEPS; i++) {
      s0 = a.fma(b, s0);
      s1 = a.fma(b, s1);
      s2 = a.fma(b, s2);
      s3 = a.fma(b, s3);
      s4 = a.fma(b, s4);
      s5 = a.fma(b, s5);
      s6 = a.fma(b, s6);
      s7 = a.fma(b, s7);
      s8 = a.fma(b, s8);
      s9 = a.fma(b, s9);
      s10 = a.fma(b, s10);
      s11 = a.fma(b, s11);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
    FloatVector high = s6.add(s7).add(s8).add(s9).add(s10).add(s11);
    return low.add(high).lane(0);
  }

  /** Sums 4 · {@link #READ_STEPS} vectors from byte {@code start} on. */
  private static float read(MemorySegment data, long start) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int bytes = FLOATS.vectorByteSize();
    for (int i = 0; i < READ_STEPS; i++) {
      long at = start + 4L * i * bytes;
      s0 = s0.add(load(data, at));
      s1 = s1.add(load(data, at + bytes));
      s2 = s2.add(load(data, at + 2L * bytes));
      s3 = s3.add(load(data, at + 3L * bytes));
    }
    return s0.add(s1).add(s2).add(s3).lane(0);
  }

  private static FloatVector load(MemorySegment data, long at) {
    return FloatVector.fromMemorySegment(FLOATS, data, at, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    pool.shutdown();
    arena.close();
  }
}
