package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import rankine.testdata.TestData;

/** The cache of SVD results on disk, in a home folder of its own. */
@Isolated("other commands would use that home folder")
class CacheCommandTest {
  private static final Path MODEL = TestData.model("gpt2-f32");

  @TempDir private Path home;

  private final String userHome = System.getProperty("user.home");

  @BeforeEach
  void moveHome() {
    assertNull(System.getenv("XDG_CACHE_HOME"), "it would move the cache");
    System.setProperty("user.home", home.toString());
  }

  @AfterEach
  void restoreHome() {
    System.setProperty("user.home", userHome);
  }

  private static void succeeds(Object... command) {
    Cli.Outcome found = Cli.run(command);
    assertEquals(0, found.code(), found.err());
    assertTrue(!found.err().contains("not stored"), found.err());
  }

  @Test
  void showsAndClears() {
    JsonNode empty = Cli.run("cache", "--format", "json").json();
    assertEquals(0, empty.get("files").asInt());
    succeeds("spectrum", "--model", MODEL, "--layer", 1, "--module", "mlp");
    JsonNode two = Cli.run("cache", "--format", "json").json();
    assertEquals(home.resolve(".cache/rankine").toString(), two.get("folder").asText());
    assertEquals(2, two.get("files").asInt());
    assertEquals(10_000_000_000L, two.get("default_limit_bytes").asLong());
    Cli.Outcome text = Cli.run("cache");
    assertTrue(text.out().contains("  holds    2 files, "), text.out());
    JsonNode cleared = Cli.run("cache", "--clear", "--format", "json").json();
    assertEquals(0, cleared.get("files").asInt());
    assertEquals(2, cleared.get("deleted_files").asInt());
    assertEquals(two.get("bytes").asLong(), cleared.get("deleted_bytes").asLong());
    assertTrue(Cli.run("cache", "--clear").out().contains("  deleted  0 files, 0 bytes"));
  }

  @Test
  void noPlaceForACache() {
    System.setProperty("user.home", "?");
    Cli.run("cache").misused("cache: expected a home folder or $XDG_CACHE_HOME, found neither");
    Cli.Outcome found = Cli.run("spectrum", "--model", MODEL, "--layer", 1, "--module", "fc_in");
    assertEquals(0, found.code());
    assertTrue(found.err().contains("cache: not used: "), found.err());
    assertTrue(Files.notExists(Path.of("?")));
  }

  /** A checkpoint pruned to rank 0 has matrices of zeros. */
  @Test
  void everyCommandTakesMatricesOfZeros() throws IOException {
    Path zeros = home.resolve("zeros");
    Path model = TestData.model("stories260K");
    succeeds("prune", "--model", model, "--edit", "4:mlp:0.5", "--method", "zero", "--out", zeros);
    List<Object> layer = List.of("--model", zeros, "--layer", 4, "--module", "mlp");
    List<Object> task = List.of("--task", "sst2", "--data", TestData.task("sst2"), "--limit", 2);
    List<Object> rates = List.of("--rates", "0.5", "--quiet");
    succeeds(joined("spectrum", layer));
    succeeds(joined("search", layer, task, rates, List.of("--shots", 0)));
    succeeds(joined("profile", layer, rates, List.of("--ids", "1,2,3", "--no-time")));
    for (String method : List.of("exact", "randomized", "magnitude")) {
      List<Object> edit = List.of("--model", zeros, "--edit", "4:mlp:0.9", "--method", method);
      succeeds(joined("logits", edit, List.of("--ids", "1,2")));
      succeeds(joined("prune", edit, List.of("--out", home.resolve("pruned-" + method))));
    }
  }

  private static Object[] joined(String command, List<?>... parts) {
    List<Object> all = new ArrayList<>(List.of(command));
    for (List<?> part : parts) {
      all.addAll(part);
    }
    return all.toArray();
  }

  private static Cli.Outcome spectrum() {
    return Cli.run("spectrum", "--model", MODEL, "--layer", 1, "--module", "mlp");
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(".cache/rankine"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void corruptCacheFilesAreRecomputed() throws IOException {
    Cli.Outcome first = spectrum();
    assertEquals(0, first.code(), first.err());
    assertEquals("", first.err());
    assertEquals(2, cached().size());
    byte[] one = Files.readAllBytes(cached().get(0));
    byte[] other = Files.readAllBytes(cached().get(1));
    byte[] flipped = one.clone();
    flipped[flipped.length / 2] ^= 4;
    byte[] text =
        "not a decomposition, but of some length ".repeat(9).getBytes(StandardCharsets.UTF_8);
    for (byte[] damaged : List.of(flipped, Arrays.copyOf(one, 99), new byte[0], text, other)) {
      Files.write(cached().get(0), damaged);
      Cli.Outcome again = spectrum();
      assertEquals(0, again.code());
      assertEquals(first.out(), again.out());
      assertEquals(1, again.err().lines().count(), again.err());
      assertTrue(again.err().contains(": recomputed: "), again.err());
      assertArrayEquals(one, Files.readAllBytes(cached().get(0)), "replaced");
    }
    assertEquals(2, cached().size(), "nothing else is left");
    assertEquals("", spectrum().err());
  }

  @Test
  void aCacheThatCannotBeWritten() throws IOException {
    Files.writeString(home.resolve(".cache"), "a file where the folder should be");
    Cli.Outcome found = spectrum();
    assertEquals(0, found.code());
    assertEquals(2, found.err().lines().filter(line -> line.contains(": not stored: ")).count());
    assertEquals("a file where the folder should be", Files.readString(home.resolve(".cache")));
  }
}
