package rankine.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import rankine.engine.replay.ProgressListener;

/** A progress bar with rate and time left if stderr is a terminal; nothing otherwise. */
final class Progress implements ProgressListener, AutoCloseable {
  /** Set by the launcher, because the JVM's stderr is a pipe to the launcher's filter. */
  private static final boolean TERMINAL = Boolean.getBoolean("rankine.terminal");

  private final boolean shown;
  private final String name;
  private final String unit;
  private ProgressBar bar;

  Progress(String name, boolean quiet) {
    this(name, "examples", quiet);
  }

  /**
   * @param unit the counted unit, in the plural
   */
  Progress(String name, String unit, boolean quiet) {
    this.name = name;
    this.unit = unit;
    this.shown = TERMINAL && !quiet;
  }

  @Override
  public void progress(int done, int total) {
    if (!shown) {
      return;
    }
    if (bar == null) {
      bar = open(total);
    }
    bar.stepTo(done);
  }

  private ProgressBar open(int total) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setUnit(" " + unit, 1)
            .showSpeed();
    try {
      PrintStream terminal =
          new PrintStream(new FileOutputStream("/dev/tty"), true, StandardCharsets.UTF_8);
      builder.setConsumer(new ConsoleProgressBarConsumer(terminal, 100));
    } catch (IOException e) {
      builder.setConsumer(new ConsoleProgressBarConsumer(System.err, 100));
    }
    return builder.build();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
