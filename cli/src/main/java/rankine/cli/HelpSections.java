package rankine.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Lists a command's own options first, then those that it shares with others under a heading each.
 */
final class HelpSections {
  private static final String OWN = "";
  private static final String GENERAL = "General";

  /** The headings of options, by the class that declares them. */
  private static final Map<Class<?>, String> HEADINGS =
      Map.ofEntries(
          Map.entry(TaskOptions.class, "Task"),
          Map.entry(SplitOptions.class, "Task"),
          Map.entry(TextOptions.class, "Text"),
          Map.entry(WindowOptions.class, "Text"),
          Map.entry(RatioOptions.class, "Whole model"),
          Map.entry(MethodOptions.class, "Pruning method"),
          Map.entry(SamplingOptions.class, "Sampling"),
          Map.entry(ChatOptions.class, "Chat"),
          Map.entry(EngineOptions.class, "Spark"),
          Map.entry(CacheOptions.class, "Cache"),
          Map.entry(CommonOptions.class, GENERAL));

  private HelpSections() {}

  static void addTo(CommandLine command) {
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpSections::list);
  }

  private static String list(Help help) {
    StringBuilder text = new StringBuilder();
    of(help.commandSpec())
        .forEach(
            (heading, options) ->
                text.append(heading.equals(OWN) ? "" : "%n%s:%n".formatted(heading))
                    .append(help.optionListExcludingGroups(options)));
    return text.toString();
  }

  /** Returns the options by heading: the command's own first, general ones last. */
  static Map<String, List<OptionSpec>> of(CommandSpec command) {
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    sections.put(OWN, new ArrayList<>());
    for (OptionSpec option : command.options()) {
      sections.computeIfAbsent(heading(option), h -> new ArrayList<>()).add(option);
    }
    sections.put(GENERAL, sections.remove(GENERAL));
    return sections;
  }

  private static String heading(OptionSpec option) {
    return option.usageHelp() || option.versionHelp()
        ? GENERAL
        : HEADINGS.getOrDefault(((Field) option.userObject()).getDeclaringClass(), OWN);
  }
}
