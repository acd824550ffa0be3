package rankine.common.io;

/** Checks of UTF-16 text. */
public final class Text {
  private Text() {}

  /** Returns whether every surrogate of {@code text} is part of a pair. */
  public static boolean isWellFormed(String text) {
    return loneSurrogate(text, 0) < 0;
  }

  /** Returns {@code text} with each lone surrogate replaced by U+FFFD, as UTF-8 encoders do. */
  public static String wellFormed(String text) {
    int lone = loneSurrogate(text, 0);
    if (lone < 0) {
      return text;
    }
    char[] chars = text.toCharArray();
    for (; lone >= 0; lone = loneSurrogate(text, lone + 1)) {
      chars[lone] = '\uFFFD';
    }
    return new String(chars);
  }

  private static int loneSurrogate(String text, int from) {
    int length = text.length();
    for (int i = from; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else {
          return i;
        }
      }
    }
    return -1;
  }
}
