/** Dense maths on buffers: the backend interface and the CPU backends. */
module rankine.kernels {
  requires transitive rankine.common;
  requires jdk.incubator.vector;

  uses rankine.kernels.BackendProvider;

  exports rankine.kernels;
  exports rankine.kernels.cpu;
}
