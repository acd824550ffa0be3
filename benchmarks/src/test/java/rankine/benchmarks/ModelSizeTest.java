package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.DType;

/** The size of a model on the command line, and its checkpoint. */
class ModelSizeTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "28x4096, 28, 4096, 16, 64",
    "28×4096, 28, 4096, 16, 64",
    "2x64, 2, 64, 1, 64",
    "2x60x3, 2, 60, 3, 20",
    "12x768x12, 12, 768, 12, 64"
  })
  void headsAreGivenOrOfGptJsWidth(String text, int layers, int width, int heads, int rotary) {
    ModelSize size = ModelSize.parse(text);
    assertEquals(new ModelSize(layers, width, heads), size);
    RandomCheckpoint sizes = size.model().sizes();
    assertEquals(rotary, sizes.rotary());
    assertEquals(50400, sizes.vocab());
    assertEquals(DType.F16, sizes.dtype());
  }

  /** The tensors of GPT-J-6B: 28 · 12 · 4096² in the layers, and 2 · 50400 · 4096 outside. */
  @Test
  void gptJ6bHasItsWeights() {
    long elements =
        ModelSize.deep(4096).model().tensors().stream()
            .filter(tensor -> tensor.shape().size() == 2)
            .mapToLong(tensor -> tensor.bytes() / 2)
            .sum();
    assertEquals(28 * 12L * 4096 * 4096 + 2 * 50400L * 4096, elements);
  }

  @ParameterizedTest
  @ValueSource(strings = {"28", "0x64", "28x", "28x4096x7", "2x3x3", "ax4", "28x4096x"})
  void refusesOthers(String text) {
    assertThrows(IllegalArgumentException.class, () -> ModelSize.parse(text));
  }

  @Test
  void theCommandNamesTheOption() {
    var e =
        assertThrows(
            CommandLine.ParameterException.class,
            () -> new CommandLine(new SideBySide()).parseArgs("--home=.", "--model=28"));
    assertEquals(
        "Invalid value for option '--model': expected LAYERSxWIDTH or LAYERSxWIDTHxHEADS, such as"
            + " 28x4096, found 28",
        e.getMessage());
  }

  @Test
  void largeTakesANumberOrNone() {
    assertEquals(4096, large("--large"));
    assertEquals(64, large("--large=64"));
    assertEquals(null, large());
  }

  private static Object large(String... options) {
    CommandLine command = new CommandLine(new SideBySide());
    command.parseArgs(
        Stream.concat(Stream.of("--home=."), Stream.of(options)).toArray(String[]::new));
    return command.getCommandSpec().findOption("--large").getValue();
  }

  /** A table of 50400 × 64 values is three periods long; no two of its rows are equal. */
  @Test
  void repeatedValuesAreTheFirstOnesAgain() throws IOException {
    ModelSize.parse("1x64").model().write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      var tensor = checkpoint.require("transformer.wte.weight", 50400, 64);
      byte[] data = checkpoint.data(tensor).toArray(ValueLayout.JAVA_BYTE);
      int period = 2 * RandomTensors.PERIOD;
      assertArrayEquals(
          Arrays.copyOfRange(data, 0, 10_000), Arrays.copyOfRange(data, period, period + 10_000));
      byte[] first = Arrays.copyOf(data, 128);
      for (int row = 1; row < 50400; row++) {
        assertFalse(Arrays.equals(first, 0, 128, data, 128 * row, 128 * row + 128), "row " + row);
      }
    }
  }
}
