package rankine.common;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The order in which people look for names: numbers in them count by their value, so that {@code
 * h.2.w} comes before {@code h.10.w}; everything else by its characters.
 */
public final class NaturalOrder implements Comparator<String> {
  /** The one there is. */
  public static final Comparator<String> INSTANCE =
      new NaturalOrder().thenComparing(Comparator.naturalOrder()); // 01 and 1 are not the same

  private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");

  private NaturalOrder() {}

  @Override
  public int compare(String a, String b) {
    Iterator<String> left = parts(a);
    Iterator<String> right = parts(b);
    while (left.hasNext() && right.hasNext()) {
      int order = comparePart(left.next(), right.next());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  private static Iterator<String> parts(String text) {
    return PART.matcher(text).results().map(MatchResult::group).iterator();
  }

  private static int comparePart(String a, String b) {
    return isNumber(a) && isNumber(b)
        ? new BigInteger(a).compareTo(new BigInteger(b))
        : a.compareTo(b);
  }

  private static boolean isNumber(String part) {
    return part.charAt(0) >= '0' && part.charAt(0) <= '9';
  }
}
