package rankine.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import rankine.engine.run.Versions;

/** A manual page of a command in roff, with the macros of man(7). */
final class ManualPage {
  private final CommandSpec spec;
  private final StringBuilder page = new StringBuilder();

  private ManualPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** Returns all pages by their names: {@code rankine}, {@code rankine-eval} and so on. */
  static SequencedMap<String, String> all() {
    SequencedMap<String, String> pages = new TreeMap<>();
    CommandLine main = Main.commandLineOfAll();
    pages.put("rankine", new ManualPage(main.getCommandSpec()).text());
    main.getSubcommands()
        .forEach(
            (name, command) ->
                pages.put("rankine-" + name, new ManualPage(command.getCommandSpec()).text()));
    return pages;
  }

  private String text() {
    String name = spec.qualifiedName("-");
    String[] description = formatted(spec.usageMessage().description());
    page.append(".TH \"%s\" 1 \"\" \"Rankine %s\"%n".formatted(escaped(name), Versions.RANKINE));
    section("NAME");
    line(name + " - " + description[0]);
    section("SYNOPSIS");
    for (String synopsis : synopsis()) {
      line(synopsis);
      macro("br");
    }
    section("DESCRIPTION");
    for (String paragraph : description) {
      line(paragraph);
      macro("PP");
    }
    arguments();
    if (!spec.subcommands().isEmpty()) {
      section("COMMANDS");
      spec.subcommands()
          .forEach(
              (command, line) ->
                  entry(command, line.getCommandSpec().usageMessage().description()[0]));
    }
    footer();
    section("EXIT STATUS");
    line("0 success, 2 wrong usage, 1 any other failure.");
    return page.toString();
  }

  private List<String> synopsis() {
    Help help = new Help(spec, Help.defaultColorScheme(Ansi.OFF));
    return help.synopsis(0).lines().map(String::strip).toList();
  }

  private void arguments() {
    List<ArgSpec> arguments = new ArrayList<>(spec.positionalParameters());
    spec.options().stream().filter(option -> !option.hidden()).forEach(arguments::add);
    if (arguments.isEmpty()) {
      return;
    }
    section("OPTIONS");
    for (ArgSpec argument : arguments) {
      String label = argument.arity().max() == 0 ? "" : argument.paramLabel();
      String name =
          argument instanceof OptionSpec option
              ? Arrays.stream(option.names())
                  .map(n -> label.isEmpty() ? n : n + "=" + label)
                  .collect(Collectors.joining(", "))
              : label;
      entry(name, String.join(" ", formatted(argument.description())));
    }
  }

  /** The footer: a list of terms, or examples, which keep their lines. */
  private void footer() {
    String[] lines = formatted(spec.usageMessage().footer());
    if (lines.length == 0) {
      return;
    }
    section("NOTES");
    macro("nf");
    Stream.of(lines).forEach(this::line);
    macro("fi");
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void macro(String name) {
    page.append('.').append(name).append('\n');
  }

  private void entry(String term, String text) {
    macro("TP");
    page.append("\\fB").append(escaped(term)).append("\\fR\n");
    line(text);
  }

  /** Text of its own line; never a request, which a dot or an apostrophe would begin. */
  private void line(String text) {
    String line = escaped(text);
    page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "")
        .append(line)
        .append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }

  /** picocli formats these texts, in which a percent sign is doubled. */
  private static String[] formatted(String... lines) {
    return Stream.of(lines).map(line -> line.formatted()).toArray(String[]::new);
  }
}
