package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** All 65,536 patterns of the two 16-bit types, against the JDK's own conversions. */
class WideningTest {
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyPatternIsExact(DType dtype) {
    short[] patterns = new short[1 << 16];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] = (short) i;
    }
    Matrix w = Matrix.rowMajor(MemorySegment.ofArray(patterns), dtype, 1, patterns.length);
    float[] vector = new float[patterns.length];
    new VectorKernels().row(w, 0, vector, 0);
    for (int i = 0; i < patterns.length; i++) {
      float expected =
          dtype == DType.F16 ? Float.float16ToFloat((short) i) : Float.intBitsToFloat(i << 16);
      String pattern = Integer.toHexString(i);
      if (Float.isNaN(expected)) {
        assertTrue(Float.isNaN(vector[i]) && Float.isNaN(w.get(0, i)), pattern);
      } else {
        int bits = Float.floatToRawIntBits(expected);
        assertEquals(bits, Float.floatToRawIntBits(vector[i]), pattern);
        assertEquals(bits, Float.floatToRawIntBits(w.get(0, i)), pattern);
      }
    }
  }
}
