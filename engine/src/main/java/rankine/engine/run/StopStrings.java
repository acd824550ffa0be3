package rankine.engine.run;

import java.util.List;

/**
 * Cuts a streamed text before the first stop string. Holds back what may still become a stop
 * string, so that no part of one is ever returned. Of several, the one that is complete first
 * counts, and of those complete at once the longest: the cut depends on the text alone, and not on
 * how tokens divide it. Not thread-safe.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  /** Of stop strings, none of them empty. */
  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /** Returns whether the text has reached a stop string; nothing is returned after that. */
  boolean found() {
    return found;
  }

  /** Adds text; returns what certainly comes before a stop string. */
  String feed(String text) {
    if (stops.isEmpty()) {
      return text;
    }
    for (int i = 0; i < text.length() && !found; i++) {
      held.append(text.charAt(i));
      int cut = completed();
      if (cut > 0) {
        found = true;
        held.setLength(held.length() - cut);
        return take(held.length());
      }
    }
    return found ? "" : take(held.length() - possibleStart());
  }

  /** Returns the text held back, at its end. */
  String finish() {
    return take(held.length());
  }

  /** Returns the length of the longest stop string with which the held text ends; 0 if none. */
  private int completed() {
    int longest = 0;
    for (String stop : stops) {
      if (stop.length() > longest && endsWith(stop, stop.length())) {
        longest = stop.length();
      }
    }
    return longest;
  }

  /** Returns the length of the longest end of the held text with which a stop string begins. */
  private int possibleStart() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (endsWith(stop, length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  /** Returns whether the held text ends with the first {@code length} characters of a stop. */
  private boolean endsWith(String stop, int length) {
    int start = held.length() - length;
    if (start < 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (held.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }
}
