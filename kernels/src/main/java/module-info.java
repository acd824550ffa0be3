/** Dense maths on buffers: the backend interface and the CPU backends. */
@SuppressWarnings("module") // the modules that see the packages are compiled later
module rankine.kernels {
  requires transitive rankine.common;
  requires jdk.incubator.vector;

  uses rankine.kernels.BackendProvider;

  exports rankine.kernels to
      rankine.engine,
      rankine.cli,
      rankine.benchmarks;
  exports rankine.kernels.cpu to
      rankine.engine,
      rankine.benchmarks;
}
