package rankine.common.io;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Natural order of names: digits compare by value, so that {@code h.2.w} comes before {@code
 * h.10.w}; all else compares by character.
 */
public final class NaturalOrder implements Comparator<String> {
  /** The only instance. */
  public static final Comparator<String> INSTANCE =
      new NaturalOrder().thenComparing(Comparator.naturalOrder()); // tells 01 from 1

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
