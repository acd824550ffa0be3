package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task12;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task4;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * The graphs of {@link MatrixKernels}, {@link JacobiKernel} and {@link CholeskyKernel}, one per
 * kernel.
 */
final class MatrixGraphs {
  private interface MatrixKernelCode
      extends Task4<KernelContext, IntArray, FloatArray, DoubleArray> {}

  /** Code that reads weights. */
  private interface WeightMatrixKernelCode
      extends Task12<
          KernelContext,
          IntArray,
          FloatArray,
          FloatArray,
          FloatArray,
          FloatArray,
          LongArray,
          LongArray,
          LongArray,
          LongArray,
          Integer,
          DoubleArray> {}

  private final Graph copy;
  private final Graph gram;
  private final Graph combine;
  private final Graph squares;
  private final Graph gaussian;
  private final Graph jacobi;
  private final Graph sumParts;
  private final Graph cholesky;

  MatrixGraphs(GraphBuilder builder, DeviceMemory memory, IntArray control) {
    copy = weightGraph("copy", MatrixKernels::copy, builder, memory, control);
    gram = weightGraph("gram", MatrixKernels::gram, builder, memory, control);
    combine = weightGraph("combine", MatrixKernels::combine, builder, memory, control);
    squares = weightGraph("squares", MatrixKernels::squares, builder, memory, control);
    gaussian = graph("gaussian", MatrixKernels::gaussian, builder, memory, control);
    sumParts = graph("sumParts", MatrixKernels::sumParts, builder, memory, control);
    jacobi = graph("jacobi", JacobiKernel::jacobi, builder, memory, control);
    cholesky = graph("cholesky", CholeskyKernel::cholesky, builder, memory, control);
  }

  private static Graph graph(
      String name,
      MatrixKernelCode code,
      GraphBuilder builder,
      DeviceMemory memory,
      IntArray control) {
    return builder.single(
        name,
        MatrixKernels.GROUP,
        null,
        null,
        (g, c) -> g.task(GraphBuilder.TASK, code, c, control, memory.floats(), memory.doubles()));
  }

  private static Graph weightGraph(
      String name,
      WeightMatrixKernelCode code,
      GraphBuilder builder,
      DeviceMemory memory,
      IntArray control) {
    return builder.single(
        name,
        MatrixKernels.GROUP,
        null,
        null,
        (g, c) ->
            g.task(
                GraphBuilder.TASK,
                code,
                c,
                control,
                memory.floats(0),
                memory.floats(1),
                memory.floats(2),
                memory.floats(3),
                memory.halves(0),
                memory.halves(1),
                memory.halves(2),
                memory.halves(3),
                memory.arrayCount(),
                memory.doubles()));
  }

  Graph copy() {
    return copy;
  }

  Graph gram() {
    return gram;
  }

  Graph combine() {
    return combine;
  }

  Graph squares() {
    return squares;
  }

  Graph gaussian() {
    return gaussian;
  }

  Graph sumParts() {
    return sumParts;
  }

  Graph jacobi() {
    return jacobi;
  }

  Graph cholesky() {
    return cholesky;
  }
}
