/** JMH benchmarks, and benchmarks against other engines. */
module rankine.benchmarks {
  requires rankine.engine;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires jmh.core;
}
