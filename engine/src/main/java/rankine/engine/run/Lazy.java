package rankine.engine.run;

import java.util.function.Supplier;

/** A supplier that computes its value at the first call and keeps it. Thread-safe. */
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
