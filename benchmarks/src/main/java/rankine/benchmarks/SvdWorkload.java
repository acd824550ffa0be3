package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import rankine.engine.lowrank.ExactSvd;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.RandomizedSvd;
import rankine.engine.lowrank.Svd;
import rankine.engine.lowrank.SvdMethod;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/** The SVD operation of a worker, on a float32 matrix in a file. */
final class SvdWorkload {
  private final Backend backend;

  SvdWorkload(Backend backend) {
    this.backend = backend;
  }

  /** Answers a request; rank 0 means the exact SVD with all triplets. */
  ObjectNode answer(JsonNode request) {
    int rows = request.get("rows").intValue();
    int cols = request.get("cols").intValue();
    int rank = request.get("rank").intValue();
    SvdMethod method =
        rank == 0
            ? new ExactSvd()
            : new RandomizedSvd(
                new RandomizedOptions(rank, 0, request.get("power_iterations").intValue(), 0));
    try (Arena arena = Arena.ofShared();
        FileChannel file = FileChannel.open(Path.of(request.get("file").textValue()))) {
      Matrix w =
          Matrix.rowMajor(
              file.map(MapMode.READ_ONLY, 0, 4L * rows * cols, arena), DType.F32, rows, cols);
      long start = System.nanoTime();
      Svd svd = method.decompose("benchmark", w, backend);
      ObjectNode answer =
          Worker.JSON.createObjectNode().put("seconds", (System.nanoTime() - start) / 1e9);
      return request.path("want_error").asBoolean()
          ? answer.put("relative_error", error(w, svd, request.path("error_rows").intValue()))
          : answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@code ‖W − U S Vᵀ‖ / ‖W‖} in Frobenius norms, in float64, over about this many evenly spaced
   * rows; 0 for all.
   */
  private static double error(Matrix w, Svd svd, int errorRows) {
    int step = errorRows == 0 ? 1 : Math.max(1, w.rows() / errorRows);
    double residual = 0;
    double total = 0;
    double[] row = new double[w.cols()];
    for (int i = 0; i < w.rows(); i += step) {
      for (int j = 0; j < w.cols(); j++) {
        row[j] = w.get(i, j);
        total += row[j] * row[j];
      }
      for (int k = 0; k < svd.rank(); k++) {
        double us = svd.u().get(i, k) * svd.s()[k];
        for (int j = 0; j < w.cols(); j++) {
          row[j] -= us * svd.v().get(j, k);
        }
      }
      for (double value : row) {
        residual += value * value;
      }
    }
    return Math.sqrt(residual / total);
  }
}
