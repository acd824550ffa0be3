package rankine.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.kernels.Backends;

/** Converters of whole numbers with bounds; anything else is a usage error. */
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

  /** A number of threads. */
  static final class Threads implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 1, Backends.MAX_THREADS);
    }
  }

  /** A number of power iterations. */
  static final class PowerIterations implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 0, RandomizedOptions.MAX_POWER_ITERATIONS);
    }
  }

  private static int integer(String value, int least) {
    return integer(value, least, Integer.MAX_VALUE);
  }

  private static int integer(String value, int least, int most) {
    String range = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
    String fault = "expected a whole number, %s, found '%s'".formatted(range, value);
    int number;
    try {
      number = Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(fault);
    }
    if (number < least || number > most) {
      throw new TypeConversionException(fault);
    }
    return number;
  }
}
