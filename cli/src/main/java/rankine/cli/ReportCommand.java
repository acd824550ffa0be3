package rankine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rankine.common.io.Shown;
import rankine.engine.report.Coverage;
import rankine.engine.report.Report;
import rankine.engine.report.page.PageFile;
import rankine.engine.sweep.RunFolder;

/** {@code report}: the results in a run folder as an HTML page or a JSON document. */
@Command(
    name = "report",
    sortOptions = false,
    description = {
      "Write the results of a sweep as one HTML page.",
      "The page needs no network and has results with significance tests, accuracy curves, heat"
          + " maps, spectra and tables. The run may be incomplete; the page says so."
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN_DIR", description = "Run folder of a sweep.")
  Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "HTML file to write; required unless --format is json.")
  Path out;

  @Option(
      names = "--figure",
      paramLabel = "FILE",
      description =
          "SVG file to write besides: perplexity against ratio, of a sweep with --methods and"
              + " --text (default: not written).")
  Path figure;

  @Mixin OutputOptions output;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (out == null && figure == null && !common.json()) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--out=FILE'");
    }
    if (!Files.exists(run) && Location.isUri(run.toString())) {
      throw new UsageException(
          "RUN_DIR: expected a folder of this machine (hadoop fs -get copies one), found "
              + Shown.path(run));
    }
    check(out);
    check(figure);
    if (OutputOptions.isSame(out, figure)) {
      throw new UsageException("--figure: expected another file than --out, found " + figure);
    }
    Report report = Report.of(RunFolder.read(run));
    Coverage coverage = report.coverage();
    if (!coverage.complete()) {
      common.remark(
          "%s: not complete: %,d of %,d cells are missing"
              .formatted(run, coverage.missing().size(), coverage.expected()));
    }
    if (figure != null) { // first: a run may have none
      long bytes = PageFile.writeFigure(report, output.file(figure));
      if (!common.json()) {
        StandardOutput.stdout().printf("%s: %,d bytes%n", figure, bytes);
      }
    }
    if (out != null) {
      long bytes = PageFile.write(report, output.file(out));
      if (!common.json()) {
        StandardOutput.stdout().printf("%s: %,d bytes%n", out, bytes);
      }
    }
    if (common.json()) {
      StandardOutput.document(report.toJson());
    }
    return 0;
  }

  private void check(Path file) {
    if (file != null) {
      RunFolder.requireForeign(run, file);
      output.check(file, RunFolder.files(run));
    }
  }
}
