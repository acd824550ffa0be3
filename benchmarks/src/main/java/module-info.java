/**
 * JMH, and the side-by-side runs against other engines. Besides {@code kernels} it is the only
 * module that reads the Vector API: for measuring the machine's own limits.
 */
module rankine.benchmarks {
  requires rankine.engine;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires jdk.incubator.vector;
  requires jmh.core;
}
