package rankine.benchmarks.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.TensorInfo;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** Converts tensors of a checkpoint for a GGUF file: renames, and permutes or transposes. */
final class SourceTensors {
  private final Checkpoint checkpoint;
  private final List<NewTensor> converted = new ArrayList<>();

  SourceTensors(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** Returns the converted tensors in order. */
  List<NewTensor> all() {
    return List.copyOf(converted);
  }

  boolean has(String name) {
    return checkpoint.find(name).isPresent();
  }

  /** Adds a matrix unchanged. */
  void matrix(String from, String to, long rows, long cols) {
    TensorInfo tensor = checkpoint.require(from, rows, cols);
    converted.add(new NewTensor(to, tensor.dtype(), tensor.shape(), () -> checkpoint.data(tensor)));
  }

  /** Adds a matrix [rows, cols] whose row r is row {@code source(r)} of the checkpoint's. */
  void rows(String from, String to, int rows, int cols, IntUnaryOperator source) {
    TensorInfo tensor = checkpoint.require(from, rows, cols);
    long rowBytes = (long) cols * tensor.dtype().bytes();
    converted.add(
        new NewTensor(
            to,
            tensor.dtype(),
            tensor.shape(),
            () -> {
              MemorySegment data = checkpoint.data(tensor);
              MemorySegment out = Arena.ofAuto().allocate(data.byteSize());
              for (int r = 0; r < rows; r++) {
                MemorySegment.copy(
                    data, source.applyAsInt(r) * rowBytes, out, r * rowBytes, rowBytes);
              }
              return out;
            }));
  }

  /** Adds a matrix stored as [in, out], transposed to [out, in]. */
  void transposed(String from, String to, int in, int out) {
    TensorInfo tensor = checkpoint.require(from, in, out);
    DType dtype = tensor.dtype();
    converted.add(
        new NewTensor(
            to,
            dtype,
            List.of((long) out, (long) in),
            () -> transpose(checkpoint.data(tensor), dtype.bytes(), in, out)));
  }

  private static MemorySegment transpose(MemorySegment data, int bytes, int rows, int cols) {
    MemorySegment out = Arena.ofAuto().allocate(data.byteSize());
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        long from = ((long) r * cols + c) * bytes;
        long to = ((long) c * rows + r) * bytes;
        for (int b = 0; b < bytes; b++) {
          out.set(ValueLayout.JAVA_BYTE, to + b, data.get(ValueLayout.JAVA_BYTE, from + b));
        }
      }
    }
    return out;
  }

  /** Adds a vector, converted to float32, the only dtype llama.cpp accepts for vectors. */
  void vector(String from, String to, int size) {
    TensorInfo tensor = checkpoint.require(from, size);
    converted.add(
        new NewTensor(to, DType.F32, tensor.shape(), () -> toFloat32(checkpoint, tensor, size)));
  }

  private static MemorySegment toFloat32(Checkpoint checkpoint, TensorInfo tensor, int size) {
    Matrix values = Matrix.rowMajor(checkpoint.data(tensor), tensor.dtype(), 1, size);
    float[] converted = new float[size];
    for (int i = 0; i < size; i++) {
      converted[i] = values.get(0, i);
    }
    return MemorySegment.ofArray(converted);
  }
}
