package rankine.common.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellCommandTest {
  @Test
  void aShellReadsTheWordsBack() throws IOException {
    List<String> words =
        List.of(
            "plain", "", "two words", "it's", "'", "$HOME", "`a`", "a\\b", "x\ny", "*", "~", "é");
    Process shell =
        new ProcessBuilder("/bin/sh", "-c", "printf '%s|' " + ShellCommand.of(words)).start();
    String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(String.join("|", words) + "|", read);
  }
}
