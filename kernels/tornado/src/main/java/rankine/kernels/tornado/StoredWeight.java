package rankine.kernels.tornado;

import rankine.kernels.Matrix;

/**
 * A weight that was given to the backend: the host's memory, and its copy on the device from the
 * first use on.
 *
 * @param source as it was given
 * @param packed its copy, without what lies between the lines
 */
record StoredWeight(Matrix source, PackedMatrix packed) implements TornadoMatrix {
  @Override
  public int rows() {
    return source.rows();
  }

  @Override
  public int cols() {
    return source.cols();
  }

  @Override
  public int kind() {
    return packed.kind();
  }

  @Override
  public int rowStride() {
    return source.rowContiguous() ? source.cols() : 1;
  }

  @Override
  public int colStride() {
    return source.rowContiguous() ? 1 : source.rows();
  }

  @Override
  public int at(Residency residency) {
    return residency.ensure(packed);
  }
}
