package rankine.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import rankine.engine.replay.ProgressListener;

/**
 * A progress bar with rate and time left if stderr is a terminal; nothing otherwise. Work that
 * passes over its units several times has a bar for each pass: no bar runs backwards.
 */
final class Progress implements ProgressListener, AutoCloseable {
  /** Set by the launcher, because the JVM's stderr is a pipe to the launcher's filter. */
  private static final boolean TERMINAL = Boolean.getBoolean("rankine.terminal");

  private final Optional<Supplier<PrintStream>> terminal;
  private final String name;
  private final String unit;
  private ProgressBar bar;
  private int last;

  Progress(String name, boolean quiet) {
    this(name, "examples", quiet);
  }

  /**
   * @param unit the counted unit, in the plural
   */
  Progress(String name, String unit, boolean quiet) {
    this(name, unit, TERMINAL && !quiet ? Optional.of(Progress::openTerminal) : Optional.empty());
  }

  /**
   * @param terminal shows the bars; empty for none
   */
  Progress(String name, String unit, Optional<Supplier<PrintStream>> terminal) {
    this.name = name;
    this.unit = unit;
    this.terminal = terminal;
  }

  @Override
  public void progress(int done, int total) {
    if (terminal.isEmpty()) {
      return;
    }
    if (bar != null && done < last) {
      close();
    }
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
            .setUpdateIntervalMillis(200)
            .setUnit(" " + unit, 1)
            .showSpeed();
    return builder.setConsumer(new ConsoleProgressBarConsumer(out, 100)).build();
  }

  private static PrintStream openTerminal() {
    try {
      return new PrintStream(new FileOutputStream("/dev/tty"), true, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return System.err;
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
      last = 0;
    }
  }
}
