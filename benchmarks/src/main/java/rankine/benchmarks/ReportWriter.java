package rankine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import rankine.common.io.AtomicFile;

/**
 * Writes the report of a run anew after each group of figures, so that a killed run leaves what it
 * measured. A file is replaced as a whole.
 *
 * @param folder of RESULTS.md and results.json, created if missing
 * @param machine facts for the report, by name; more may be added during the run
 * @param repeat the lines that repeat the run
 */
record ReportWriter(Path folder, Map<String, String> machine, List<String> repeat)
    implements Consumer<Results> {

  /** Writes what has been measured so far, marked as unfinished. */
  @Override
  public void accept(Results results) {
    write(results, false);
  }

  /** Writes the report of a whole run, and returns it. */
  BenchmarkReport finish(Results results) {
    return write(results, true);
  }

  private BenchmarkReport write(Results results, boolean finished) {
    BenchmarkReport report = new BenchmarkReport(machine, repeat, results, finished);
    try {
      Files.createDirectories(folder);
      AtomicFile.write(
          folder.resolve("RESULTS.md"), file -> Files.writeString(file, report.markdown()));
      AtomicFile.write(
          folder.resolve("results.json"),
          file ->
              Worker.JSON
                  .writerWithDefaultPrettyPrinter()
                  .writeValue(file.toFile(), report.json()));
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(AtomicFile.problem(folder, e), e);
    }
  }
}
