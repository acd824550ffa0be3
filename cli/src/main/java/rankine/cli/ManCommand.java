package rankine.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
import rankine.common.io.Shown;

/** {@code man}: manual pages, made of what {@code --help} prints. */
@Command(
    name = "man",
    sortOptions = false,
    description = {
      "Print the manual page of a command, or write all pages.",
      "To read one: rankine man search | man -l -"
    })
final class ManCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..1",
      description = "The command (default: the page of rankine itself).")
  String command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write all pages into this folder instead, as rankine.1, rankine-eval.1, ….")
  Path out;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    if (out != null && command != null) {
      throw new UsageException("--out: expected without COMMAND: it writes all pages");
    }
    SequencedMap<String, String> pages = ManualPage.all();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (out != null) {
      pages.forEach(this::write);
      json.put("folder", out.toString()).put("pages", pages.size());
    } else {
      String name = command == null ? "rankine" : "rankine-" + command;
      if (!pages.containsKey(name)) {
        throw new UsageException(
            "COMMAND: expected one that --help lists, found '%s'".formatted(Shown.value(command)));
      }
      json.put("page", pages.get(name));
      if (!common.json()) {
        StandardOutput.stdout().print(pages.get(name));
      }
    }
    if (common.json()) {
      StandardOutput.document(json);
    }
    return 0;
  }

  private void write(String name, String page) {
    Path file = out.resolve(name + ".1");
    try {
      Files.createDirectories(out);
      AtomicFile.write(file, temporary -> Files.writeString(temporary, page));
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(file, e), e);
    }
  }
}
