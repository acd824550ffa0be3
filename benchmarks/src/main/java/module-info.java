/** JMH, and the side-by-side runs against other engines. */
module rankine.benchmarks {
  requires rankine.engine;
}
