package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.RunException;
import rankine.common.io.OutputFile;
import rankine.engine.report.Report;
import rankine.engine.report.SampleRun;
import rankine.engine.sweep.RunFolder;

class PageFileTest {
  @TempDir Path folder;

  private Report report;

  @BeforeEach
  void read() throws IOException {
    report = Report.of(RunFolder.read(new SampleRun().task("cb").write(folder.resolve("r"))));
  }

  @Test
  void replacesAnOlderPageAndLeavesNoOtherFile() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path page = Files.writeString(out.resolve("page.html"), "old");
    assertEquals(PageFile.write(report, OutputFile.replacing(page)), Files.size(page));
    assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aSymbolicLinkStaysALink() throws IOException {
    Path page = Files.writeString(folder.resolve("page.html"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.html"), page);
    PageFile.write(report, OutputFile.replacing(link));
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
  }

  @Test
  void errorsNameTheFile() {
    Path page = folder.resolve("none/page.html");
    RunException none =
        assertThrows(RunException.class, () -> PageFile.write(report, OutputFile.replacing(page)));
    assertEquals(page + ": cannot be written: no such folder", none.getMessage());
    RunException dir =
        assertThrows(
            RunException.class, () -> PageFile.write(report, OutputFile.replacing(folder)));
    assertEquals(folder + ": expected a regular file to write, found a folder", dir.getMessage());
  }
}
