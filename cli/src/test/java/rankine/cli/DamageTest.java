package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.testdata.TestData;

/** Randomly corrupted checkpoints: a result or a one-line error, never a stack trace. */
class DamageTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Corruptions of each file in the thorough suite; {@code -Dseeds=4000} tries more. */
  private static final int SEEDS = Integer.getInteger("seeds", 100);

  private static final List<String> WRONG =
      List.of(
          "0",
          "-1",
          "1",
          "7",
          "2147483647",
          "4294967297",
          "0.5",
          "1e308",
          "\"x\"",
          "\"a\\nb\"",
          "true",
          "false",
          "null",
          "[1]",
          "{\"a\":1}");

  @TempDir private Path folder;

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    switch (random.nextInt(5)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 1 -> {
        // The first 4 KiB hold the length and the names of a safetensors header.
        int end = Math.min(bytes.length, 4096);
        for (int i = random.nextInt(4); i >= 0; i--) {
          bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 2 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      case 3 -> {
        // Replace a digit by a digit: sizes, offsets and settings change but still parse.
        for (int tries = 0; tries < 4000; tries++) {
          int at = random.nextInt(Math.min(bytes.length, 8192));
          if (bytes[at] >= '0' && bytes[at] <= '9') {
            bytes[at] = (byte) ('0' + random.nextInt(10));
            break;
          }
        }
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(40));
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, shorter, from, bytes.length - to);
        return shorter;
      }
    }
    return bytes;
  }

  @Test
  void oneSettingWrong() throws IOException {
    everySettingWrong("gpt2-f32");
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(strings = {"gptj-f16", "stories260K"})
  void oneSettingWrongOfMoreArchitectures(String name) throws IOException {
    everySettingWrong(name);
  }

  /** Every setting with invalid values. */
  private void everySettingWrong(String name) throws IOException {
    Path model = Cli.copy(TestData.model(name), folder.resolve("model"));
    Path file = model.resolve("config.json");
    String whole = Files.readString(file);
    ObjectNode settings = (ObjectNode) JSON.readTree(whole);
    int refused = 0;
    for (String key : Cli.keys(settings)) {
      for (String value : WRONG) {
        ObjectNode changed = settings.deepCopy();
        changed.set(key, JSON.readTree(value));
        Files.writeString(file, changed.toString());
        Cli.Outcome found =
            Cli.run("logits", "--model", model, "--ids", "1,2,3", "--greedy", "2", "--threads", 1);
        refused += found.code();
        assertResultOrOneLine(found, name + ", " + key + " = " + value);
      }
    }
    assertTrue(refused > 100, refused + " refused");
  }

  private static void assertResultOrOneLine(Cli.Outcome found, String what) {
    String where = what + ": " + found.err();
    assertTrue(found.code() == 0 || found.code() == 1, where);
    assertFalse(found.err().contains("internal error"), where);
    assertFalse(found.err().contains("\tat "), where);
    assertEquals(found.code(), found.err().lines().count(), where);
    assertEquals(found.code() == 1, found.out().isEmpty(), where);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "tokenizer.json"})
  void oneFileDamaged(String name) throws IOException {
    damage(name, 12);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors", "tokenizer.json"})
  void oneFileDamagedMoreOften(String name) throws IOException {
    damage(name, SEEDS);
  }

  private void damage(String name, int seeds) throws IOException {
    Path model = Cli.copy(TestData.model("stories260K"), folder.resolve("model"));
    Path file = model.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int seed = 0; seed < seeds; seed++) {
      Files.write(file, damaged(whole, new Random(seed * 31L + name.hashCode())));
      Cli.Outcome found =
          Cli.run("logits", "--model", model, "--prompt", "Once upon", "--greedy", "2");
      assertResultOrOneLine(found, name + ", seed " + seed);
      refused += found.code();
    }
    assertTrue(refused > seeds / 8, refused + " refused");
  }
}
