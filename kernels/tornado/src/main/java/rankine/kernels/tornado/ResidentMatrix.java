package rankine.kernels.tornado;

import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;

/** A row-major float32 matrix that exists on the device only. */
record ResidentMatrix(int rows, int cols, DeviceRange range, Residency residency)
    implements DenseMatrix, TornadoMatrix {
  @Override
  public int dtypeCode() {
    return WeightLoads.F32;
  }

  @Override
  public int rowStride() {
    return cols;
  }

  @Override
  public int colStride() {
    return 1;
  }

  @Override
  public DeviceRange range(Residency any) {
    return range;
  }

  /** Fetches the values from the device. */
  @Override
  public Matrix source() {
    return residency.fetch(this);
  }

  @Override
  public void close() {
    residency.free(range);
  }
}
