package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.DoubleSupplier;
import rankine.common.io.AtomicFile;
import rankine.kernels.DType;

/**
 * Benchmarks SVDs of a matrix of an MLP's shape against PyTorch: all triplets, and the leading ones
 * by randomized SVD, where Rankine may use any algorithm that reaches the accuracy of PyTorch's two
 * power iterations. The report lists errors and times.
 */
final class SvdRuns {
  private static final int ROWS = 1024;
  private static final int COLS = 4096;
  private static final int POWER_ITERATIONS = 2;
  private static final List<Integer> RANKS = List.of(51, 102, 512);

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  SvdRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /** Measures all ranks; writes the matrices to {@code folder}. */
  void run(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path flat = matrix(folder.resolve("flat-1024x4096.f32"), i -> 1);
    Path falling = matrix(folder.resolve("falling-1024x4096.f32"), i -> 1.0 / (i + 1));
    List<WorkerProcess> workers = new ArrayList<>();
    try {
      workers.add(WorkerProcess.start(contenders.kernels()).orElseThrow());
      WorkerProcess.start(contenders.torchLinear()).ifPresent(workers::add);
      workers.forEach(results::contender);
      measure(workers, "all triplets of 1024×4096", flat, 0, "≥ 1");
      for (int rank : RANKS) {
        String what = "randomized, q = %d of 1024×4096".formatted(rank);
        measure(workers, what + ", flat spectrum", flat, rank, "≥ 2");
        measure(workers, what + ", falling spectrum", falling, rank, "≥ 2");
      }
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  private interface RowScale {
    double of(int row);
  }

  /** Writes a matrix of N(0, 1) with scaled rows, once. */
  private static Path matrix(Path file, RowScale scale) throws IOException {
    if (Files.exists(file)) {
      return file;
    }
    AtomicFile.write(
        file,
        unfinished -> {
          try (Arena arena = Arena.ofConfined();
              FileChannel out =
                  FileChannel.open(unfinished, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment data =
                out.map(FileChannel.MapMode.READ_WRITE, 0, 4L * ROWS * COLS, arena);
            Random random = new Random(1);
            for (int i = 0; i < ROWS; i++) {
              for (int j = 0; j < COLS; j++) {
                double value = scale.of(i) * random.nextGaussian();
                RandomMatrix.put(data, DType.F32, (long) i * COLS + j, (float) value);
              }
            }
          }
        });
    return file;
  }

  private void measure(List<WorkerProcess> workers, String what, Path file, int rank, String goal) {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(
          worker.name(), () -> worker.ask("svd", request(file, rank)).get("seconds").doubleValue());
    }
    List<Results.Figure> figures = new ArrayList<>();
    interleaved
        .measure(turns)
        .forEach(
            (name, measured) ->
                figures.add(
                    results.figure(
                        new Results.Figure(
                            what,
                            name,
                            "a second",
                            measured.samples().rates(1),
                            OptionalDouble.of(1 / measured.first()),
                            OptionalDouble.of(measured.otherLoad())))));
    for (Results.Figure rival : figures.subList(1, figures.size())) {
      results.ratio(figures.getFirst(), rival, goal);
    }
    StringBuilder errors = new StringBuilder(what + ": relative error of the product");
    for (WorkerProcess worker : workers) {
      double error =
          worker
              .ask("svd", request(file, rank).put("want_error", true))
              .get("relative_error")
              .doubleValue();
      errors.append(String.format(Locale.ROOT, ", %s %.6g", worker.name(), error));
    }
    results.remark(errors + ".");
  }

  private static ObjectNode request(Path file, int rank) {
    return Worker.JSON
        .createObjectNode()
        .put("file", file.toString())
        .put("rows", ROWS)
        .put("cols", COLS)
        .put("rank", rank)
        .put("power_iterations", POWER_ITERATIONS);
  }
}
