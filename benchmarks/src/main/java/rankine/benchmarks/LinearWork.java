package rankine.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/** Prepared linear layers, with enough copies of their weights to exceed the caches. */
final class LinearWork implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final Arena arena = Arena.ofShared();
  private final OpBench bench;
  private final List<List<Op>> programs = new ArrayList<>();
  private int next;

  /**
   * Prepares the programs.
   *
   * @param resident whether the backend copies weights to a device: those of the host may then
   *     overlap
   */
  LinearWork(Backend backend, LinearRequest request, boolean resident) {
    bench = new OpBench(backend, request.rows());
    Slot x = bench.input("x", request.in());
    List<List<Slot>> layers = new ArrayList<>();
    for (int p = 0; p < request.products(); p++) {
      String suffix = p == 0 ? "" : Integer.toString(p);
      Slot y = bench.output("y" + suffix, request.out());
      layers.add(
          request.rank() == 0
              ? List.of(x, y)
              : List.of(x, bench.output("projected" + suffix, request.rank()), y));
    }
    int count = request.copies() * request.products();
    List<List<Matrix>> weights = new ArrayList<>();
    for (int i = 1; i < layers.getFirst().size(); i++) {
      int in = layers.getFirst().get(i - 1).width();
      int out = layers.getFirst().get(i).width();
      weights.add(
          resident
              ? overlapping(arena, request.dtype(), out, in, count)
              : copies(arena, RandomMatrix.tiled(arena, request.dtype(), out, in, 1), count));
    }
    for (int copy = 0; copy < request.copies(); copy++) {
      List<Op> program = new ArrayList<>();
      for (int p = 0; p < request.products(); p++) {
        List<Slot> slots = layers.get(p);
        for (int i = 1; i < slots.size(); i++) {
          Matrix w = weights.get(i - 1).get(copy * request.products() + p);
          program.add(
              new Op.Linear(
                  "linear",
                  slots.get(i - 1),
                  backend.matrix(w),
                  Optional.empty(),
                  false,
                  slots.get(i)));
        }
      }
      programs.add(program);
    }
    bench.prepare(List.of(), 0);
  }

  private static List<Matrix> copies(Arena arena, Matrix first, int count) {
    List<Matrix> all = new ArrayList<>(List.of(first));
    while (all.size() < count) {
      MemorySegment data =
          arena.allocate(first.data().byteSize(), ALIGNMENT).copyFrom(first.data());
      all.add(Matrix.rowMajor(data, first.dtype(), first.rows(), first.cols()));
    }
    return all;
  }

  /** Matrices that begin a few elements after each other: different ones for a device's memory. */
  static List<Matrix> overlapping(Arena arena, DType dtype, int rows, int cols, int count) {
    long shift = ALIGNMENT / dtype.bytes();
    int more = Math.toIntExact(Math.ceilDiv(count * shift, (long) cols));
    MemorySegment data =
        RandomMatrix.tiled(arena, dtype, Math.addExact(rows, more), cols, 1).data();
    List<Matrix> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(Matrix.rowMajor(data.asSlice(i * ALIGNMENT), dtype, rows, cols));
    }
    return all;
  }

  /** Runs the next program. */
  void run() {
    bench.run(programs.get(next));
    next = (next + 1) % programs.size();
  }

  @Override
  public void close() {
    bench.close();
    arena.close();
  }
}
