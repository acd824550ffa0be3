package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
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
  private static final int POWER_ITERATIONS = 2;

  /**
   * The decomposed matrices.
   *
   * @param ranks of the randomized decompositions
   * @param errorRows rows over which the errors are computed; 0 for all
   * @param exactLast whether the exact SVD takes so long that it comes last, and once after its
   *     first call, one contender after the other
   */
  record SvdShape(int rows, int cols, List<Integer> ranks, int errorRows, boolean exactLast) {
    /** Rows of a large matrix whose errors are computed: all of them would take minutes. */
    private static final int ERROR_ROWS = 8;

    /** Copies the list. */
    SvdShape {
      ranks = List.copyOf(ranks);
    }

    /** 1024 × 4096. */
    static SvdShape standard() {
      return new SvdShape(1024, 4096, List.of(51, 102, 512), 0, false);
    }

    /** An MLP of hidden size {@code width}; the ranks are a twentieth and an eighth of it. */
    static SvdShape large(int width) {
      List<Integer> ranks = List.of(Math.max(1, width / 20), Math.max(2, width / 8));
      return new SvdShape(width, 4 * width, ranks, ERROR_ROWS, true);
    }

    String name() {
      return rows + "×" + cols;
    }
  }

  private final SvdShape shape;
  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  SvdRuns(SvdShape shape, Contenders contenders, Interleaved interleaved, Results results) {
    this.shape = shape;
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /** A matrix to decompose. */
  record SpectrumFile(String spectrum, Path file) {}

  /** Measures all ranks; writes the matrices to {@code folder}. */
  void run(Path folder) throws IOException {
    List<SpectrumFile> files = write(shape, folder);
    List<WorkerProcess> workers = new ArrayList<>();
    try {
      workers.add(WorkerProcess.start(contenders.kernels()).orElseThrow());
      WorkerProcess.start(contenders.torchLinear()).ifPresent(workers::add);
      workers.forEach(results::contender);
      Path flat = files.getFirst().file();
      String exact = "all triplets of " + shape.name();
      if (!shape.exactLast()) {
        measure(workers, exact, flat, 0, "≥ 1");
      }
      for (int rank : shape.ranks()) {
        for (SpectrumFile matrix : files) {
          String what =
              "randomized, q = %d of %s, %s spectrum"
                  .formatted(rank, shape.name(), matrix.spectrum());
          measure(workers, what, matrix.file(), rank, shape.exactLast() ? "" : "≥ 2");
        }
      }
      if (shape.exactLast()) {
        inTurn(workers, exact, flat);
      }
    } finally {
      workers.forEach(WorkerProcess::close);
    }
  }

  /** Writes the matrices, once; returns the one of a flat spectrum first. */
  static List<SpectrumFile> write(SvdShape shape, Path folder) throws IOException {
    Files.createDirectories(folder);
    String name = "-%dx%d.f32".formatted(shape.rows(), shape.cols());
    Path flat = matrix(shape, folder.resolve("flat" + name), i -> 1);
    Path falling = matrix(shape, folder.resolve("falling" + name), i -> 1.0 / (i + 1));
    return List.of(new SpectrumFile("flat", flat), new SpectrumFile("falling", falling));
  }

  private interface RowScale {
    double of(int row);
  }

  /** Writes a matrix of N(0, 1) with scaled rows, once. */
  private static Path matrix(SvdShape shape, Path file, RowScale scale) throws IOException {
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
                out.map(FileChannel.MapMode.READ_WRITE, 0, 4L * shape.rows() * shape.cols(), arena);
            Random random = new Random(1);
            for (int i = 0; i < shape.rows(); i++) {
              for (int j = 0; j < shape.cols(); j++) {
                double value = scale.of(i) * random.nextGaussian();
                RandomMatrix.put(data, DType.F32, (long) i * shape.cols() + j, (float) value);
              }
            }
          }
        });
    return file;
  }

  private void measure(List<WorkerProcess> workers, String what, Path file, int rank, String goal) {
    Map<WorkerProcess, Double> errors = new LinkedHashMap<>();
    List<Results.Figure> figures = figures(interleaved, workers, what, file, rank, errors);
    ratios(figures, goal);
    remark(what, errors);
    results.groupEnds();
  }

  /** Decomposes exactly, twice each; a figure is written when it is there. */
  private void inTurn(List<WorkerProcess> workers, String what, Path file) {
    Interleaved once = new Interleaved(1, 1, 0, 0);
    Map<WorkerProcess, Double> errors = new LinkedHashMap<>();
    List<Results.Figure> figures = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      figures.addAll(figures(once, List.of(worker), what, file, 0, errors));
      results.groupEnds();
    }
    ratios(figures, "");
    remark(what, errors);
    results.groupEnds();
  }

  /**
   * Measures {@code workers}; a rival that fails is left out.
   *
   * @param errors receives the relative error of each first call
   */
  private List<Results.Figure> figures(
      Interleaved calls,
      List<WorkerProcess> workers,
      String what,
      Path file,
      int rank,
      Map<WorkerProcess, Double> errors) {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(
          worker.name(),
          () -> {
            boolean first = !errors.containsKey(worker);
            JsonNode answer = worker.ask("svd", request(file, rank).put("want_error", first));
            if (first) {
              errors.put(worker, answer.get("relative_error").doubleValue());
            }
            return answer.get("seconds").doubleValue();
          });
    }
    List<Results.Figure> figures = new ArrayList<>();
    calls
        .measure(turns, (name, failure) -> results.remark(what + ": " + failure.getMessage() + "."))
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
    return figures;
  }

  /** Adds the ratios of Rankine, the first contender, to the others; none if it failed. */
  private void ratios(List<Results.Figure> figures, String goal) {
    if (!figures.isEmpty() && figures.getFirst().contender().equals("Rankine")) {
      for (Results.Figure rival : figures.subList(1, figures.size())) {
        results.ratio(figures.getFirst(), rival, goal);
      }
    }
  }

  private void remark(String what, Map<WorkerProcess, Double> errors) {
    String rows = shape.errorRows() == 0 ? "" : " over %d rows".formatted(shape.errorRows());
    StringBuilder text = new StringBuilder(what + ": relative error of the product" + rows);
    errors.forEach(
        (worker, error) ->
            text.append(String.format(Locale.ROOT, ", %s %.6g", worker.name(), error)));
    results.remark(text + ".");
  }

  private ObjectNode request(Path file, int rank) {
    return Worker.JSON
        .createObjectNode()
        .put("file", file.toString())
        .put("rows", shape.rows())
        .put("cols", shape.cols())
        .put("rank", rank)
        .put("error_rows", shape.errorRows())
        .put("power_iterations", POWER_ITERATIONS);
  }
}
