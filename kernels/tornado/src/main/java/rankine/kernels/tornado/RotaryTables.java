package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import rankine.kernels.RotaryFrequencies;

/** Cosines and sines of the positions so far, [positions, 2, pairs], on the device. */
final class RotaryTables {
  private static final int LEAST = 1024;

  private final Residency residency;
  private final IdentityHashMap<RotaryFrequencies, DeviceRange> tables = new IdentityHashMap<>();
  private int positions;
  private int version;

  RotaryTables(Residency residency) {
    this.residency = residency;
  }

  /**
   * Makes sure of {@code count} positions.
   *
   * @return a number that changes when tables have moved
   */
  int cover(int count) {
    if (count > positions) {
      positions = Math.max(LEAST, Math.max(count, 2 * positions));
      tables.values().forEach(residency::give);
      tables.clear();
      version++;
    }
    return version;
  }

  /** Where the table of these frequencies begins. */
  int at(RotaryFrequencies frequencies) {
    return tables.computeIfAbsent(frequencies, this::make).at();
  }

  private DeviceRange make(RotaryFrequencies frequencies) {
    int pairs = frequencies.rotaryDim() / 2;
    float[] values = new float[Math.multiplyExact(positions, 2 * pairs)];
    float[] cosines = new float[pairs];
    float[] sines = new float[pairs];
    for (int p = 0; p < positions; p++) {
      frequencies.fill(p, cosines, sines, 0);
      System.arraycopy(cosines, 0, values, 2 * p * pairs, pairs);
      System.arraycopy(sines, 0, values, (2 * p + 1) * pairs, pairs);
    }
    return residency.send(MemorySegment.ofArray(values));
  }
}
