package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.FLOATS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Loops at the limits of the machine, for roofline figures: multiply-adds in registers, and reads
 * of memory.
 */
public final class MachineLimits {
  /** Float32 operations per step of {@link #multiplyAdds}; a multiply-add counts as two. */
  public static final int STEP_FLOPS = 2 * 12 * FLOATS.length();

  /** Concurrent streams of {@link #read}. */
  public static final int STREAMS = 4;

  /** Bytes per step of {@link #read}. */
  public static final int STEP_BYTES = STREAMS * FLOATS.vectorByteSize();

  private MachineLimits() {}

  /**
   * Runs {@code steps} times twelve independent multiply-adds in registers: more than latency times
   * the two per cycle that a core starts.
   *
   * @return a value that depends on all of them
   */
  public static float multiplyAdds(float start, int steps) {
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
    for (int i = 0; i < steps; i++) {
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

  /**
   * Sums {@code steps · STEP_BYTES} bytes of float32 in four streams: prefetchers follow each
   * stream, and one stream does not use the full memory bandwidth.
   *
   * @param start first byte of the first stream
   * @param distance bytes between the starts of two streams
   */
  public static float read(MemorySegment data, long start, long distance, int steps) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int bytes = FLOATS.vectorByteSize();
    for (int i = 0; i < steps; i++) {
      long at = start + (long) i * bytes;
      s0 = s0.add(Lanes.f32(data, at));
      s1 = s1.add(Lanes.f32(data, at + distance));
      s2 = s2.add(Lanes.f32(data, at + 2 * distance));
      s3 = s3.add(Lanes.f32(data, at + 3 * distance));
    }
    return s0.add(s1).add(s2).add(s3).lane(0);
  }
}
