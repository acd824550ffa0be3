package rankine.kernels.tornado;

import rankine.kernels.Matrix;

/**
 * A registered weight: the host's matrix and, from the first use on, its copy on the device.
 *
 * @param source the host's matrix
 * @param packed its contiguous copy, without padding between rows
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
  public int dtypeCode() {
    return packed.dtypeCode();
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
  public DeviceRange range(Residency residency) {
    return residency.rangeOf(packed);
  }
}
