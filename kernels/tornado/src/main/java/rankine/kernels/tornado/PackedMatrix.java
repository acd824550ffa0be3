package rankine.kernels.tornado;

import rankine.kernels.Matrix;

/**
 * A contiguous matrix on the device, in its stored type; vectors of any type are float32. It is
 * allocated on first use and freed with this object.
 */
final class PackedMatrix {
  private final Matrix rowMajor;
  private final int dtypeCode;
  private final boolean vector;
  private DeviceRange range;

  /**
   * Describes a matrix that is not yet on the device.
   *
   * @param rowMajor the host's matrix, with contiguous rows
   * @param dtypeCode the storage type on the device; {@link WeightLoads#F32} converts while sending
   * @param vector whether kernels read it as a vector, from the first array of floats
   */
  PackedMatrix(Matrix rowMajor, int dtypeCode, boolean vector) {
    this.rowMajor = rowMajor;
    this.dtypeCode = dtypeCode;
    this.vector = vector;
  }

  Matrix rowMajor() {
    return rowMajor;
  }

  int dtypeCode() {
    return dtypeCode;
  }

  boolean vector() {
    return vector;
  }

  long elements() {
    return TornadoMatrix.elements(rowMajor);
  }

  /** Its range on the device; null until it has been sent. */
  DeviceRange range() {
    return range;
  }

  void assign(DeviceRange assigned) {
    this.range = assigned;
  }
}
