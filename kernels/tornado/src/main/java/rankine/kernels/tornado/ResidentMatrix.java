package rankine.kernels.tornado;

import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;

/** A float32 matrix that exists on the device only, row after row. */
record ResidentMatrix(int rows, int cols, DeviceRange place, Residency residency)
    implements DenseMatrix, TornadoMatrix {
  @Override
  public int kind() {
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
  public int at(Residency any) {
    return place.at();
  }

  /** Fetched from the device. */
  @Override
  public Matrix source() {
    return residency.fetch(this);
  }

  @Override
  public void close() {
    residency.give(place);
  }
}
