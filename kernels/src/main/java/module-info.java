/** Dense maths on buffers. Knows nothing of text, files or tasks. */
module rankine.kernels {
  requires transitive rankine.common;
  requires jdk.incubator.vector;

  uses rankine.kernels.BackendProvider;

  exports rankine.kernels;
  exports rankine.kernels.cpu;
}
