/** Dense maths on buffers. Knows nothing of text, files or tasks. */
module rankine.kernels {
  requires jdk.incubator.vector;

  exports rankine.kernels;
  exports rankine.kernels.cpu;
}
