package rankine.engine.report.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
import rankine.common.io.OutputFile;
import rankine.engine.report.Report;

/**
 * Writes the page, or the figure, to a file. An older file of that name stays until the new one is
 * complete.
 */
public final class PageFile {
  private PageFile() {}

  /**
   * Writes the page of {@code report}. A symbolic link stays a link.
   *
   * @return its size in bytes
   * @throws RunException if the file cannot be written, or exists and may not be replaced or is no
   *     regular file
   */
  public static long write(Report report, OutputFile file) {
    return write(ReportPage.of(report), file);
  }

  /**
   * Writes {@link RatioFigure}.
   *
   * @return its size in bytes
   * @throws RunException as {@link #write}; for a report without such a figure
   */
  public static long writeFigure(Report report, OutputFile file) {
    return write(
        RatioFigure.of(report)
            .orElseThrow(
                () ->
                    new RunException(
                        report.folder()
                            + ": figure: expected texts and methods for the whole model, found none"
                            + " evaluated")),
        file);
  }

  private static long write(String text, OutputFile file) {
    try {
      AtomicFile.write(
          file, temporary -> Files.writeString(temporary, text, StandardOpenOption.WRITE));
      return Files.size(file.path());
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(file.path(), e), e);
    }
  }
}
