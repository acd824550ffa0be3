package rankine.engine.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import jinjava.javax.el.ELException;

/** Filters that Jinjava lacks, or has otherwise than Jinja2 and transformers. */
final class PythonFilters {
  /** The filter that {@link JinjaSource} puts around every output. */
  static final String OUTPUT = "rankine_output";

  private static final int MAX_INDENT = 100;

  /** All of them. */
  static final List<Filter> ALL =
      List.of(
          new Named("items", (value, _) -> items(value)),
          new Named("reverse", (value, _) -> reverse(value)),
          new Named("tojson", PythonFilters::json),
          new Named(OUTPUT, (value, _) -> output(value)));

  private PythonFilters() {}

  private static Object items(Object value) {
    return value instanceof Map<?, ?> map ? PythonValues.items(map) : List.of();
  }

  private static Object reverse(Object value) {
    if (value instanceof Collection<?> all) {
      List<Object> reversed = new ArrayList<>(all);
      Collections.reverse(reversed);
      return reversed;
    }
    return value == null ? List.of() : new StringBuilder(value.toString()).reverse().toString();
  }

  private static Object json(Object value, Object indent) {
    long spaces = indent instanceof Number number ? number.longValue() : -1;
    if (spaces > MAX_INDENT) {
      throw new ELException(
          "tojson: expected an indent of at most %d, found %d".formatted(MAX_INDENT, spaces));
    }
    return PythonJson.of(value, spaces < 0 ? -1 : (int) spaces);
  }

  private static Object output(Object value) {
    return value instanceof Boolean flag ? (flag ? "True" : "False") : value;
  }

  /**
   * A filter of at most one argument.
   *
   * @param function from the value and the argument, which may be null
   */
  private record Named(String name, BiFunction<Object, Object, Object> function) implements Filter {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public Object filter(
        Object value,
        JinjavaInterpreter interpreter,
        Object[] arguments,
        Map<String, Object> keywords) {
      Object first = arguments.length > 0 ? arguments[0] : null;
      return function.apply(value, keywords.getOrDefault("indent", first));
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      return filter(value, interpreter, arguments, Map.of());
    }
  }
}
