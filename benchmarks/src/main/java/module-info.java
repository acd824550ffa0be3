/** JMH benchmarks, and benchmarks against other engines. */
module rankine.benchmarks {
  requires rankine.common;
  requires rankine.engine;
  requires rankine.kernels;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires info.picocli;
  requires jmh.core;
}
