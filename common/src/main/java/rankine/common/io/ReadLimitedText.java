package rankine.common.io;

import java.util.function.Supplier;
import rankine.common.RankineException;

/** Text that limits the reads of its characters, to stop catastrophic backtracking. */
public final class ReadLimitedText implements CharSequence {
  /** Reads of each character, on average, that a pattern may take. */
  public static final int READS_PER_CHARACTER = 500;

  private final String text;
  private final Supplier<? extends RankineException> tooMany;
  private long readsLeft;

  /**
   * Limits the reads of {@code text}.
   *
   * @param tooMany what a read beyond the limit throws
   */
  public ReadLimitedText(String text, Supplier<? extends RankineException> tooMany) {
    this.text = text;
    this.tooMany = tooMany;
    this.readsLeft = 10_000L + (long) READS_PER_CHARACTER * text.length();
  }

  @Override
  public char charAt(int index) {
    if (--readsLeft < 0) {
      throw tooMany.get();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
