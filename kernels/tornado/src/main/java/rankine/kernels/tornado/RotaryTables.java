package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import rankine.kernels.RotaryFrequencies;

/** Cosines and sines per position, [positions, 2, pairs], on the device; grown on demand. */
final class RotaryTables {
  private static final int MIN_POSITIONS = 1024;

  private final Residency residency;
  private final IdentityHashMap<RotaryFrequencies, DeviceRange> tables = new IdentityHashMap<>();
  private int positions;
  private int version;

  RotaryTables(Residency residency) {
    this.residency = residency;
  }

  /**
   * Ensures that the tables cover {@code count} positions.
   *
   * @return a version number, which changes when the tables are reallocated
   */
  int ensurePositions(int count) {
    if (count > positions) {
      positions = Math.max(MIN_POSITIONS, Math.max(count, 2 * positions));
      tables.values().forEach(residency::free);
      tables.clear();
      version++;
    }
    return version;
  }

  /** Offset of the table of these frequencies in the floats. */
  int offset(RotaryFrequencies frequencies) {
    return tables.computeIfAbsent(frequencies, this::upload).offset();
  }

  private DeviceRange upload(RotaryFrequencies frequencies) {
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
