package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Slices cover every feature exactly once, for every number of features. */
class FeatureSlicesTest {
  @Test
  void slicesCoverAllFeaturesOnce() {
    for (int features = 1; features < 5000; features++) {
      int depth = FeatureSlices.depth(features);
      assertTrue(depth >= 1 && depth <= FeatureSlices.MAX_DEPTH, features + ": " + depth);
      BitSet seen = new BitSet(features);
      for (int s = 0; s < FeatureSlices.count(features); s++) {
        int from = s * depth;
        int count = Math.min(depth, features - from);
        assertTrue(count > 0, features + ": slice " + s);
        for (int p = 0; p < count; p++) {
          int feature = from + FeatureSlices.feature(p, count);
          assertTrue(feature < features && !seen.get(feature), features + ": " + feature);
          seen.set(feature);
        }
      }
      assertEquals(features, seen.cardinality());
    }
  }

  @Test
  void fourWorkersGetASliceEach() {
    assertEquals(4, FeatureSlices.count(768));
    assertEquals(8, FeatureSlices.count(3072));
    assertEquals(
        2, FeatureSlices.count(100)); // 64 and 36 features: MIN_DEPTH allows no more slices
  }
}
