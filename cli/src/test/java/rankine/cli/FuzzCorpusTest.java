package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.testdata.TestData;

/** Every input of the corpus, and every one that was a defect, is accepted or refused in a line. */
class FuzzCorpusTest {
  @ParameterizedTest
  @EnumSource
  void theCorpusIsReadOrRefused(FuzzTarget target, @TempDir Path folder) throws IOException {
    Consumer<byte[]> reader = target.open(folder);
    List<Path> inputs;
    try (Stream<Path> files = Files.list(TestData.fuzz(target.label()))) {
      inputs = files.sorted().toList();
    }
    assertFalse(inputs.isEmpty());
    for (Path input : inputs) {
      try {
        reader.accept(Files.readAllBytes(input));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(input.toString(), e);
      }
    }
  }
}
