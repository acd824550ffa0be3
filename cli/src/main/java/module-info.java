/** The command line: parses, calls the engine, prints. No logic. */
module rankine.cli {
  requires rankine.common;
  requires rankine.engine;
  requires rankine.kernels;
  requires rankine.tokenizer;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.management;
  requires jdk.httpserver;
  requires me.tongfei.progressbar;

  opens rankine.cli to
      info.picocli;
}
