package rankine.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converters of whole numbers with a lower bound; anything else is a usage error. */
final class RangeConverters {
  private RangeConverters() {}

  /** 1 or more. */
  static final class Positive implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 1);
    }
  }

  /** 0 or more. */
  static final class Natural implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 0);
    }
  }

  private static int integer(String value, int least) {
    String fault = "expected a whole number, %d or more, found '%s'".formatted(least, value);
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(fault);
    }
    if (number < least) {
      throw new TypeConversionException(fault);
    }
    return number;
  }
}
