package rankine.cli;

import java.nio.file.Path;
import java.util.function.DoublePredicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rankine.common.io.Shown;
import rankine.engine.edit.Edit;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.run.GenerationConfig;
import rankine.kernels.Backends;

/** Converters of values with bounds; anything else is a usage error. */
final class RangeConverters {
  private RangeConverters() {}

  /** A path; an empty one would be the current folder. */
  static final class FilePath implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
      if (value.isEmpty()) {
        throw new TypeConversionException("expected a path, found an empty one");
      }
      return Path.of(value);
    }
  }

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

  /** A TCP port; 0 is any that is free. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 0, 65_535);
    }
  }

  /** A number of sequences that run at a time. */
  static final class Parallel implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 1, 256);
    }
  }

  /** A time of at most a day, in seconds. */
  static final class Seconds implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 1, 86_400);
    }
  }

  /** A number of power iterations. */
  static final class PowerIterations implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, 0, RandomizedOptions.MAX_POWER_ITERATIONS);
    }
  }

  /** A layer, or -1 for every layer. */
  static final class Layer implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return integer(value, Edit.EVERY_LAYER);
    }
  }

  /** A finite number, 0 or more. */
  static final class Temperature implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return number(value, "0 or more", number -> number >= 0);
    }
  }

  /** A probability above 0. */
  static final class TopP implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return number(value, "more than 0, at most 1", number -> number > 0 && number <= 1);
    }
  }

  /** A fraction from 0 to 1. */
  static final class MinP implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return number(value, "0 to 1", number -> number >= 0 && number <= 1);
    }
  }

  /** A finite float32 above 0. */
  static final class Penalty implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      return number(value, "more than 0, in float32", GenerationConfig::isPenalty);
    }
  }

  private static double number(String value, String range, DoublePredicate within) {
    double number;
    try {
      number = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!Double.isFinite(number) || !within.test(number)) {
      throw new TypeConversionException(
          "expected a number, %s, found '%s'".formatted(range, Shown.value(value)));
    }
    return number;
  }

  private static int integer(String value, int least) {
    return integer(value, least, Integer.MAX_VALUE);
  }

  private static int integer(String value, int least, int most) {
    String fault =
        "expected a whole number from %d to %d, found '%s'"
            .formatted(least, most, Shown.value(value));
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
