package rankine.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rankine.engine.report.Coverage;
import rankine.engine.report.Report;
import rankine.engine.report.ReportBuilder;
import rankine.engine.report.page.PageFile;
import rankine.engine.sweep.RunFolder;

/** {@code report}: a run folder as one page, or as one document. */
@Command(
    name = "report",
    sortOptions = false,
    description =
        "What a sweep found, as one HTML page that needs no network: results with their tests,"
            + " curves, heat maps, spectra, tables. The run may be incomplete; the page says so.")
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN_DIR", description = "A run folder, as sweep writes it.")
  Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The page to write; needed unless the format is json. An older one is replaced.")
  Path out;

  @Mixin CommonOptions common;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (out == null && !common.json()) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--out=FILE'");
    }
    Report report = ReportBuilder.of(RunFolder.read(run));
    Coverage coverage = report.coverage();
    if (!coverage.complete()) {
      common.remark(
          "%s: not complete: %,d of %,d cells are missing"
              .formatted(run, coverage.missing().size(), coverage.expected()));
    }
    if (out != null) {
      long bytes = PageFile.write(report, out);
      if (!common.json()) {
        StandardOutput.stdout().printf("%s: %,d bytes%n", out, bytes);
      }
    }
    if (common.json()) {
      StandardOutput.document(report.toJson());
    }
    return 0;
  }
}
