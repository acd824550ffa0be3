package rankine.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import rankine.engine.replay.ProgressListener;

/**
 * A progress bar with rate and time left if stderr is a terminal; nothing otherwise. Work that
 * passes over its units several times has a bar for each pass: no bar runs backwards. Work that has
 * not finished a unit soon shows its name and the time since its start.
 */
final class Progress implements ProgressListener, AutoCloseable {
  /** Set by the launcher, because the JVM's stderr is a pipe to the launcher's filter. */
  private static final boolean TERMINAL = Boolean.getBoolean("rankine.terminal");

  /** Before half a second of silence; work that takes less shows nothing. */
  private static final Duration PATIENCE = Duration.ofMillis(400);

  private static final int UNKNOWN = -1;

  private final Optional<Supplier<PrintStream>> terminal;
  private final String name;
  private final String unit;
  private ProgressBar bar;
  private int last;
  private boolean started;

  Progress(String name, boolean quiet) {
    this(name, "examples", quiet);
  }

  /** Work of which only the time is shown. */
  static Progress untold(String name, boolean quiet) {
    return new Progress(name, "", quiet);
  }

  /**
   * @param unit the counted unit, in the plural
   */
  Progress(String name, String unit, boolean quiet) {
    this(
        name,
        unit,
        TERMINAL && !quiet ? Optional.of(Progress::openTerminal) : Optional.empty(),
        PATIENCE);
  }

  /**
   * @param terminal shows the bars; empty for none
   * @param patience time until the first bar is shown without progress
   */
  Progress(String name, String unit, Optional<Supplier<PrintStream>> terminal, Duration patience) {
    this.name = name;
    this.unit = unit;
    this.terminal = terminal;
    terminal.ifPresent(_ -> Thread.ofVirtual().start(() -> showAfter(patience)));
  }

  private void showAfter(Duration patience) {
    try {
      Thread.sleep(patience);
    } catch (InterruptedException e) {
      return; // nobody interrupts this thread
    }
    show();
  }

  private synchronized void show() {
    if (!started) {
      started = true;
      bar = open(UNKNOWN, terminal.orElseThrow().get());
    }
  }

  @Override
  public synchronized void progress(int done, int total) {
    if (terminal.isEmpty()) {
      return;
    }
    if (bar != null && done < last) {
      end();
    }
    started = true;
    if (bar == null) {
      bar = open(total, terminal.get().get());
    }
    bar.maxHint(total);
    bar.stepTo(done);
    last = done;
  }

  private ProgressBar open(int total, PrintStream out) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200);
    if (!unit.isEmpty()) {
      builder.setUnit(" " + unit, 1).showSpeed();
    }
    return builder.setConsumer(new ConsoleProgressBarConsumer(out, 100)).build();
  }

  private static PrintStream openTerminal() {
    try {
      return new PrintStream(new FileOutputStream("/dev/tty"), true, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return System.err;
    }
  }

  /** Ends the bar, before something else goes to the terminal; does nothing the second time. */
  synchronized void finish() {
    started = true;
    end();
  }

  @Override
  public void close() {
    finish();
  }

  private void end() {
    if (bar != null) {
      bar.close();
      bar = null;
      last = 0;
    }
  }
}
