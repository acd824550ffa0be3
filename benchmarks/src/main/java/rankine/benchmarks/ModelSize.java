package rankine.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import rankine.kernels.DType;

/**
 * The size of a GPT-J on the command line: {@code 28x4096}, or with its heads {@code 28x4096x16}.
 *
 * @param width hidden size
 */
record ModelSize(int layers, int width, int heads) {
  /** Features of a head of GPT-J-6B, and of one where no heads are given. */
  private static final int HEAD_DIM = 256;

  private static final int ROTARY = 64;

  private static final Pattern TEXT =
      Pattern.compile("([1-9][0-9]{0,3})[x×]([1-9][0-9]{0,5})(?:[x×]([1-9][0-9]{0,3}))?");

  /** As deep as GPT-J-6B, which has {@code width} 4096. */
  static ModelSize deep(int width) {
    return parse("28x" + width);
  }

  /** Parses the option; without heads there is one per 256 features, at least one. */
  static ModelSize parse(String text) {
    Matcher size = TEXT.matcher(text);
    if (!size.matches()) {
      throw new IllegalArgumentException(
          "expected LAYERSxWIDTH or LAYERSxWIDTHxHEADS, such as 28x4096, found " + text);
    }
    int width = Integer.parseInt(size.group(2));
    int heads =
        size.group(3) == null ? Math.max(1, width / HEAD_DIM) : Integer.parseInt(size.group(3));
    if (width % heads != 0 || width / heads < 2) {
      throw new IllegalArgumentException(
          "heads: expected a divisor of width %d that leaves two features or more, found %d"
              .formatted(width, heads));
    }
    return new ModelSize(Integer.parseInt(size.group(1)), width, heads);
  }

  /** The random model of this size, with the vocabulary and the dtype of the default one. */
  RepeatedGptJ model() {
    RandomCheckpoint standard = RandomCheckpoint.DEFAULT;
    int rotary = Math.min(ROTARY, width / heads / 2 * 2);
    return new RepeatedGptJ(
        new RandomCheckpoint(
            layers,
            width,
            heads,
            rotary,
            standard.vocab(),
            standard.positions(),
            DType.F16,
            standard.seed()));
  }

  @Override
  public String toString() {
    return layers + "x" + width + "x" + heads;
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<ModelSize> {
    @Override
    public ModelSize convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
