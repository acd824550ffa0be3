/** The command line: parses, calls the engine, prints. No logic. */
module rankine.cli {
  requires rankine.engine;
  requires info.picocli;
  requires me.tongfei.progressbar;

  opens rankine.cli to
      info.picocli;
}
