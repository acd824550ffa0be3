package rankine.engine.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import rankine.kernels.DType;

/**
 * The dtypes of the safetensors format (the {@code Dtype} of its reference implementation, release
 * 0.8). The name of a constant is the name in the file.
 */
public enum SafetensorsDType {
  /** One byte, 0 or 1. */
  BOOL(8),
  /** 4-bit float (E2M1), two per byte. */
  F4(4),
  /** 6-bit float, 2 exponent and 3 mantissa bits. */
  F6_E2M3(6),
  /** 6-bit float, 3 exponent and 2 mantissa bits. */
  F6_E3M2(6),
  /** Unsigned byte. */
  U8(8),
  /** Signed byte. */
  I8(8),
  /** 8-bit float, 5 exponent and 2 mantissa bits. */
  F8_E5M2(8),
  /** 8-bit float, 4 exponent and 3 mantissa bits. */
  F8_E4M3(8),
  /** 8-bit power of two, used as a scale. */
  F8_E8M0(8),
  /** F8_E4M3 without infinities or negative zero. */
  F8_E4M3FNUZ(8),
  /** F8_E5M2 without infinities or negative zero. */
  F8_E5M2FNUZ(8),
  /** Signed 16-bit integer. */
  I16(16),
  /** Unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 binary16. */
  F16(16),
  /** bfloat16: the upper half of a binary32. */
  BF16(16),
  /** Signed 32-bit integer. */
  I32(32),
  /** Unsigned 32-bit integer. */
  U32(32),
  /** IEEE 754 binary32. */
  F32(32),
  /** Complex number of two binary32. */
  C64(64),
  /** IEEE 754 binary64. */
  F64(64),
  /** Signed 64-bit integer. */
  I64(64),
  /** Unsigned 64-bit integer. */
  U64(64);

  private static final Map<String, SafetensorsDType> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(SafetensorsDType::name, Function.identity()));

  private final int bits;

  SafetensorsDType(int bits) {
    this.bits = bits;
  }

  /** Returns the type of that name in a safetensors header, e.g. {@code "BF16"}. */
  public static Optional<SafetensorsDType> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Returns the stored type of a weight of {@code dtype}. */
  public static SafetensorsDType of(DType dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case F16 -> F16;
      case BF16 -> BF16;
    };
  }

  /** Returns the bits per element. */
  public int bits() {
    return bits;
  }

  /** Returns the kernels' type for this one, if the kernels support it. */
  public Optional<DType> dtype() {
    return switch (this) {
      case F32 -> Optional.of(DType.F32);
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
      case BOOL, F4, F6_E2M3, F6_E3M2, U8, I8 -> Optional.empty();
      case F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ -> Optional.empty();
      case I16, U16, I32, U32, C64, F64, I64, U64 -> Optional.empty();
    };
  }
}
