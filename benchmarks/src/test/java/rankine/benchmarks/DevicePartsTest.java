package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import rankine.testdata.TestData;

/** The command lines that benchmarks/parts.sh makes of the parts, as the driver reads them. */
class DevicePartsTest {
  @TempDir Path folder;

  /** Runs a part whose driver prints its arguments and ends with {@code code}. */
  private List<String> lines(int code, String part) throws IOException, InterruptedException {
    String script =
        """
        side_by_side() { printf '%%s\\n' "$@"; echo "--"; case "$*" in *--prepare*) ;; *) return %d ;; esac; }
        device=1 limit=7 results="$1" flags=tornado.jvm home=. shown=./run
        . "$2"
        device_part %s
        echo "exit $?"
        """
            .formatted(code, part);
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                script,
                "sh",
                folder.toString(),
                TestData.root().resolve("benchmarks/parts.sh").toString())
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(0, shell.waitFor(), lines.toString());
    return lines;
  }

  private static CommandLine parsed(List<String> arguments) {
    CommandLine driver = new CommandLine(new SideBySide());
    driver.setCaseInsensitiveEnumValuesAllowed(true);
    driver.parseArgs(arguments.toArray(String[]::new));
    return driver;
  }

  private static String value(CommandLine driver, String option) {
    return String.valueOf(driver.getCommandSpec().findOption(option).<Object>getValue());
  }

  @Test
  void aPartHasItsSizesAndKeepsWhatIsGiven() throws Exception {
    List<String> lines = lines(0, "large-model --model=2x64 --runs 9");
    int first = lines.indexOf("--");
    assertTrue(lines.subList(0, first).contains("--prepare"), "the inputs come first");
    CommandLine driver = parsed(lines.subList(first + 1, lines.lastIndexOf("--")));
    assertEquals("[MODEL]", value(driver, "--only"));
    assertEquals("4096", value(driver, "--large"));
    assertEquals("2x64x1", value(driver, "--model"));
    assertEquals("9", value(driver, "--runs"));
    assertEquals("1", value(driver, "--device"));
    assertEquals("cuda", value(driver, "--torch-device"));
    assertEquals("false", value(driver, "--prepare"));
    assertEquals("./run large-model --model=2x64 --runs 9", value(driver, "--shown"));
    assertEquals(folder.resolve("large-model").toString(), value(driver, "--out"));
    assertEquals("exit 0", lines.getLast());
  }

  @Test
  void everyPartParses() throws Exception {
    for (String part :
        Arrays.asList("kernels", "large-kernels", "attention", "svd", "large-svd", "search")) {
      List<String> lines = lines(0, part);
      CommandLine driver = parsed(lines.subList(0, lines.indexOf("--")));
      assertEquals(part.startsWith("large-") ? "4096" : "null", value(driver, "--large"), part);
      assertEquals("tornado", value(driver, "--backend"));
    }
  }

  @Test
  void aLimitThatIsReachedSaysWhereTheResultsAre() throws Exception {
    Path results = Files.createDirectories(folder.resolve("svd")).resolve("RESULTS.md");
    assertEnds("no comparison was complete by then");
    Files.writeString(results, "of a run before");
    Files.setLastModifiedTime(results, FileTime.from(Instant.now().minusSeconds(60)));
    assertEnds("no comparison was complete by then");
    Files.setLastModifiedTime(results, FileTime.from(Instant.now().plusSeconds(60)));
    assertEnds(folder.resolve("svd") + " has those that were complete");
  }

  private void assertEnds(String kept) throws Exception {
    List<String> lines = lines(124, "svd");
    assertEquals("exit 124", lines.getLast());
    assertTrue(lines.contains("svd: ended after 7 seconds; " + kept), lines.toString());
  }
}
