package rankine.engine.run;

import java.util.function.Supplier;

/** A value computed when it is first asked for, once. */
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> source;
  private T value;

  private Lazy(Supplier<T> source) {
    this.source = source;
  }

  static <T> Supplier<T> of(Supplier<T> source) {
    return new Lazy<>(source);
  }

  @Override
  public synchronized T get() {
    if (value == null) {
      value = source.get();
    }
    return value;
  }
}
