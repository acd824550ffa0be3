package rankine.engine.icl;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A change of a field's value where a template inserts it: {@code {field|strip}}. */
enum TextFilter {
  /** Removes white space at both ends. */
  STRIP {
    @Override
    String apply(String value) {
      return PythonText.strip(value);
    }
  },
  /**
   * Makes the first character a capital (by Unicode's simple title case) and the others small, as
   * Python's {@code str.capitalize}.
   */
  CAPITALIZE {
    @Override
    String apply(String value) {
      if (value.isEmpty()) {
        return value;
      }
      int first = value.codePointAt(0);
      return Character.toString(Character.toTitleCase(first))
          + value.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }
  },
  /** Replaces each underscore by a space. */
  SPACED {
    @Override
    String apply(String value) {
      return value.replace('_', ' ');
    }
  };

  abstract String apply(String value);

  /** Returns the name in a template. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the filter of that name.
   *
   * @throws IllegalArgumentException for any other name
   */
  static TextFilter of(String name) {
    for (TextFilter filter : values()) {
      if (filter.label().equals(name)) {
        return filter;
      }
    }
    throw new IllegalArgumentException(
        "'|%s' is none of the filters %s"
            .formatted(
                name,
                Arrays.stream(values()).map(TextFilter::label).collect(Collectors.joining(", "))));
  }
}
