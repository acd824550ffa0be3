package rankine.engine.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;

/**
 * The attributes, items and methods of the values that a template sees: Python's, for strings,
 * lists and maps. Nothing else has any, so that a template of an untrusted folder reaches no Java
 * object, unlike with Jinjava's own resolver.
 */
final class PythonValues extends ELResolver {
  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    RenderingTime.check();
    context.setPropertyResolved(true);
    return switch (base) {
      case ForLoop loop -> attribute(loop, String.valueOf(property));
      case Map<?, ?> map -> map.get(String.valueOf(property));
      case List<?> list -> item(list, property);
      case String text -> character(text, property);
      case null, default -> null;
    };
  }

  private static Object attribute(ForLoop loop, String name) {
    return switch (name) {
      case "index" -> loop.getIndex();
      case "index0" -> loop.getIndex0();
      case "revindex" -> loop.getRevindex();
      case "revindex0" -> loop.getRevindex0();
      case "first" -> loop.isFirst();
      case "last" -> loop.isLast();
      case "length" -> loop.getLength();
      case "depth" -> loop.getDepth();
      case "depth0" -> loop.getDepth0();
      default -> throw new ELException("loop." + name + " is not supported");
    };
  }

  private static Object item(List<?> list, Object property) {
    int index = index(property, list.size());
    return index < 0 ? null : list.get(index);
  }

  private static String character(String text, Object property) {
    int[] characters = text.codePoints().toArray();
    int index = index(property, characters.length);
    return index < 0 ? null : Character.toString(characters[index]);
  }

  /** Returns an index from 0, of one that counts from the end if negative; -1 if there is none. */
  private static int index(Object property, int size) {
    try {
      long index = Long.parseLong(String.valueOf(property));
      long fromStart = index < 0 ? index + size : index;
      return fromStart >= 0 && fromStart < size ? (int) fromStart : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    context.setPropertyResolved(true);
    String name = String.valueOf(method);
    return switch (base) {
      case Filter filter -> filter(filter, arguments);
      case ExpTest test -> test(test, name, arguments);
      case TemplateFunctions functions -> functions.call(name, arguments);
      case String text -> ofString(text, name, arguments);
      case Map<?, ?> map -> ofMap(map, name, arguments);
      case null -> throw new ELException("undefined has no method " + name);
      default -> throw unknown(base, name);
    };
  }

  @SuppressWarnings("unchecked") // Jinjava passes the names of a filter's keyword arguments
  private static Object filter(Filter filter, Object[] arguments) {
    return filter.filter(
        arguments[0],
        (JinjavaInterpreter) arguments[1],
        (Object[]) arguments[2],
        (Map<String, Object>) arguments[3]);
  }

  private static boolean test(ExpTest test, String name, Object[] arguments) {
    JinjavaInterpreter interpreter = (JinjavaInterpreter) arguments[1];
    Object[] rest = Arrays.copyOfRange(arguments, 2, arguments.length);
    return name.equals("evaluateNegated")
        ? test.evaluateNegated(arguments[0], interpreter, rest)
        : test.evaluate(arguments[0], interpreter, rest);
  }

  private static Object ofString(String text, String name, Object[] arguments) {
    return switch (name) {
      case "strip" -> strip(text, arguments, true, true);
      case "lstrip" -> strip(text, arguments, true, false);
      case "rstrip" -> strip(text, arguments, false, true);
      case "split" -> split(text, arguments);
      case "splitlines" -> new ArrayList<>(text.lines().toList());
      case "startswith" -> prefixes(arguments).stream().anyMatch(text::startsWith);
      case "endswith" -> prefixes(arguments).stream().anyMatch(text::endsWith);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "replace" -> text.replace(string(arguments, 0), string(arguments, 1));
      case "find" -> find(text, string(arguments, 0));
      case "count" -> count(text, string(arguments, 0));
      case "join" -> join(text, arguments);
      default -> throw unknown(text, name);
    };
  }

  /** Removes any of the given characters, white space if none are given, at the ends. */
  private static String strip(String text, Object[] arguments, boolean left, boolean right) {
    String set = arguments.length == 0 || arguments[0] == null ? null : string(arguments, 0);
    int from = 0;
    int to = text.length();
    while (left && from < to && isIn(text.charAt(from), set)) {
      from++;
    }
    while (right && to > from && isIn(text.charAt(to - 1), set)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isIn(char c, String set) {
    return set == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c)
        : set.indexOf(c) >= 0;
  }

  private static List<String> split(String text, Object[] arguments) {
    int most = arguments.length < 2 ? -1 : ((Number) arguments[1]).intValue();
    List<String> parts = new ArrayList<>();
    if (arguments.length == 0 || arguments[0] == null) {
      return words(text, most);
    }
    String separator = string(arguments, 0);
    if (separator.isEmpty()) {
      throw new ELException("split: expected a separator, found an empty one");
    }
    int from = 0;
    int next = text.indexOf(separator);
    while (next >= 0 && most != 0) {
      parts.add(text.substring(from, next));
      from = next + separator.length();
      next = text.indexOf(separator, from);
      most--;
    }
    parts.add(text.substring(from));
    return parts;
  }

  /**
   * Divides at white space, of which none remains around the parts, except at the end of the last
   * one if the limit ends it.
   *
   * @param most divisions; negative: all
   */
  private static List<String> words(String text, int most) {
    List<String> words = new ArrayList<>();
    int from = skip(text, 0, true);
    while (from < text.length()) {
      int to = words.size() == most ? text.length() : skip(text, from, false);
      words.add(text.substring(from, to));
      from = skip(text, to, true);
    }
    return words;
  }

  /** Returns the end of the white space, or of what is none, that begins at {@code from}. */
  private static int skip(String text, int from, boolean space) {
    int at = from;
    while (at < text.length() && isIn(text.charAt(at), null) == space) {
      at++;
    }
    return at;
  }

  /**
   * Returns where a part begins, in characters as {@link #character} counts them; -1 if nowhere.
   */
  private static int find(String text, String part) {
    int at = text.indexOf(part);
    return at < 0 ? at : text.codePointCount(0, at);
  }

  private static List<String> prefixes(Object[] arguments) {
    return arguments.length == 1 && arguments[0] instanceof Collection<?> all
        ? all.stream().map(String::valueOf).toList()
        : List.of(string(arguments, 0));
  }

  private static int count(String text, String part) {
    return part.isEmpty()
        ? text.codePointCount(0, text.length()) + 1
        : split(text, new Object[] {part}).size() - 1;
  }

  private static String join(String text, Object[] arguments) {
    if (arguments.length == 1 && arguments[0] instanceof Collection<?> all) {
      return String.join(text, all.stream().map(String::valueOf).toList());
    }
    throw new ELException("join: expected a list");
  }

  private static Object ofMap(Map<?, ?> map, String name, Object[] arguments) {
    return switch (name) {
      case "items" -> items(map);
      case "keys" -> new ArrayList<Object>(map.keySet());
      case "values" -> new ArrayList<Object>(map.values());
      case "get" -> {
        Object value = map.get(string(arguments, 0));
        yield value == null && arguments.length > 1 ? arguments[1] : value;
      }
      default -> throw unknown(map, name);
    };
  }

  /** Returns the pairs of a map, each a list of key and value. */
  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(new ArrayList<>(Arrays.asList(key, value))));
    return items;
  }

  private static String string(Object[] arguments, int index) {
    if (index < arguments.length && arguments[index] instanceof String text) {
      return text;
    }
    throw new ELException(
        "argument %d: expected a string, found %s"
            .formatted(index + 1, index < arguments.length ? arguments[index] : "none"));
  }

  private static ELException unknown(Object base, String name) {
    String type =
        switch (base) {
          case String _ -> "a string";
          case Map<?, ?> _ -> "a map";
          case List<?> _ -> "a list";
          default -> "this value";
        };
    return new ELException("the method " + name + " of " + type + " is not supported");
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return Object.class;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return Collections.emptyIterator();
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    throw new ELException("attributes cannot be set");
  }
}
