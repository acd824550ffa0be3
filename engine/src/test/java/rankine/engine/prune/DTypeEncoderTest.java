package rankine.engine.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;

class DTypeEncoderTest {
  private static float decode(int bits, DType dtype) {
    ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    DTypeEncoder.put(buffer, bits, dtype);
    return DTypeDecoder.get(MemorySegment.ofArray(buffer.array()), dtype, 0);
  }

  /** Representable values are exact; values in between round to nearest, ties to even. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void every16BitValue(DType dtype) {
    for (int sign : new int[] {0, 0x8000}) {
      for (int magnitude = 0; magnitude < 0x8000; magnitude++) {
        int bits = sign | magnitude;
        float value = decode(bits, dtype);
        assertEquals(Float.isFinite(value), DTypeEncoder.isFinite(bits, dtype));
        if (Float.isNaN(value)) {
          assertTrue(Float.isNaN(decode(DTypeEncoder.bits(value, dtype), dtype)));
          continue;
        }
        assertEquals(bits, DTypeEncoder.bits(value, dtype));
        float next = decode(bits + 1, dtype);
        if (!Float.isFinite(value) || !Float.isFinite(next)) {
          continue;
        }
        float middle = (float) (((double) value + next) / 2);
        assertEquals((bits & 1) == 0 ? bits : bits + 1, DTypeEncoder.bits(middle, dtype));
        boolean up = next > value;
        assertEquals(
            bits, DTypeEncoder.bits(up ? Math.nextDown(middle) : Math.nextUp(middle), dtype));
        assertEquals(
            bits + 1, DTypeEncoder.bits(up ? Math.nextUp(middle) : Math.nextDown(middle), dtype));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void nonFiniteValues(DType dtype) {
    for (float value : new float[] {Float.NaN, Float.intBitsToFloat(0x7f800001)}) {
      assertTrue(Float.isNaN(decode(DTypeEncoder.bits(value, dtype), dtype)));
      assertFalse(DTypeEncoder.isFinite(DTypeEncoder.bits(value, dtype), dtype));
    }
    for (float value : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertEquals(value, decode(DTypeEncoder.bits(value, dtype), dtype));
      assertFalse(DTypeEncoder.isFinite(DTypeEncoder.bits(value, dtype), dtype));
    }
    boolean finite = DTypeEncoder.isFinite(DTypeEncoder.bits(Float.MAX_VALUE, dtype), dtype);
    assertEquals(dtype == DType.F32, finite);
    assertEquals(
        dtype != DType.F16, DTypeEncoder.isFinite(DTypeEncoder.bits(65520f, dtype), dtype));
    assertTrue(DTypeEncoder.isFinite(DTypeEncoder.bits(Math.nextDown(65520f), dtype), dtype));
  }
}
