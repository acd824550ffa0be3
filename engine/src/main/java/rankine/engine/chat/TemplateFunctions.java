package rankine.engine.chat;

import com.hubspot.jinjava.lib.fn.Functions;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jinjava.javax.el.ELException;

/**
 * The functions that transformers adds to a template: {@code raise_exception(message)} and {@code
 * strftime_now(format)}; {@code range}, of at most a thousand numbers; and {@code map(key, value,
 * …)}, which stands for a literal map. One object serves one rendering.
 */
final class TemplateFunctions {
  /** Python's directives, as patterns of {@link DateTimeFormatter}. */
  private static final Map<Character, String> DIRECTIVES =
      Map.ofEntries(
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('d', "dd"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('j', "DDD"),
          Map.entry('m', "MM"),
          Map.entry('M', "mm"),
          Map.entry('p', "a"),
          Map.entry('S', "ss"),
          Map.entry('y', "yy"),
          Map.entry('Y', "yyyy"));

  private final Clock clock;
  private String raised;

  TemplateFunctions(Clock clock) {
    this.clock = clock;
  }

  /** Returns the message with which the template refused the conversation. */
  Optional<String> raised() {
    return Optional.ofNullable(raised);
  }

  Object call(String name, Object[] arguments) {
    if (name.equals("map")) {
      return map(arguments);
    }
    if (name.equals("range")) {
      RenderingTime.check();
      if (arguments.length == 0) {
        throw new ELException("range: expected one to three numbers, found none");
      }
      return Functions.range(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
    }
    String argument = arguments.length == 1 ? String.valueOf(arguments[0]) : "";
    if (name.equals("strftime_now")) {
      return now(argument);
    }
    if (raised == null) {
      raised = argument;
    }
    throw new ELException(argument);
  }

  private static Map<Object, Object> map(Object[] keysAndValues) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private String now(String format) {
    LocalDateTime time = LocalDateTime.now(clock);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      String pattern = DIRECTIVES.get(directive);
      if (pattern != null) {
        text.append(DateTimeFormatter.ofPattern(pattern, Locale.US).format(time));
      } else if (directive == '%') {
        text.append('%');
      } else {
        throw new ELException("strftime_now: %" + directive + " is not supported");
      }
    }
    return text.toString();
  }
}
