package rankine.benchmarks;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import rankine.engine.scale.ExecutorSpeed;
import rankine.engine.scale.GridCost;
import rankine.engine.scale.GridCost.PromptCost;
import rankine.engine.scale.GridCost.TargetCost;
import rankine.engine.scale.Schedule;

/** The tables of docs/scale.md: {@code benchmarks/java ScaleTable}. Computes; measures nothing. */
public final class ScaleTable {
  private static final List<Double> RATES = List.of(0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995);
  private static final int[] EXECUTORS = {1, 8, 64, 512};
  private static final int CORES = 16;

  /** Of a split: 400 tokens of demonstrations, then 200 examples of 40. */
  private static final long SPLIT_TOKENS = 400 + 200 * 40;

  private static final int TASKS = 8;
  private static final int SEEDS = 3;

  /**
   * A model by the shapes of its layers' matrices.
   *
   * @param attention rows and columns
   * @param mlp likewise
   */
  record LayerShapes(String name, int layers, List<int[]> attention, List<int[]> mlp) {
    private double weights() {
      return Stream.concat(attention.stream(), mlp.stream())
          .mapToDouble(shape -> (double) shape[0] * shape[1])
          .sum();
    }

    /** The grid of every layer with both modules. */
    GridCost grid(List<PromptCost> prompts, List<Double> rates, IntStream edited) {
      List<TargetCost> targets =
          edited
              .boxed()
              .flatMap(
                  layer ->
                      Stream.of(
                          TargetCost.of(layer, attention, rates), TargetCost.of(layer, mlp, rates)))
              .toList();
      long bytes = (long) (2 * weights() * layers); // 16 bits each; embeddings left out
      return new GridCost(layers, 2 * weights(), bytes, rates.size(), prompts, targets);
    }
  }

  static final LayerShapes GPT_J =
      new LayerShapes(
          "GPT-J-6B", 28, squares(4096, 4), List.of(shape(4096, 16384), shape(16384, 4096)));

  static final LayerShapes LLAMA =
      new LayerShapes(
          "LLaMA-2-7B",
          32,
          squares(4096, 4),
          List.of(shape(4096, 11008), shape(4096, 11008), shape(11008, 4096)));

  /** The model of the measured searches. */
  static final LayerShapes MEASURED =
      new LayerShapes(
          "GPT-J, 12 × 768", 12, squares(768, 4), List.of(shape(768, 3072), shape(3072, 768)));

  /**
   * A search or grid that benchmarks/search/RESULTS.md measured on two quiet cores: the validation
   * part alone, 400 tokens of demonstrations and 40 queries of 40, nothing to start or load.
   *
   * @param perHour as in the report, in the same words
   */
  record MeasuredSearch(String name, GridCost grid, double perHour) {
    private static final List<PromptCost> PROMPTS = List.of(new PromptCost(400 + 40 * 40, 0, true));

    static final List<MeasuredSearch> ALL =
        List.of(
            new MeasuredSearch("search, layer 10 of 12, mlp", mlp(10), 967),
            new MeasuredSearch("search, layer 6 of 12, mlp", mlp(6), 401),
            new MeasuredSearch(
                "grid, 12 layers × attn, mlp",
                MEASURED.grid(PROMPTS, RATES, IntStream.range(0, 12)),
                18.4));

    private static GridCost mlp(int layer) {
      GridCost both = MEASURED.grid(PROMPTS, RATES, IntStream.of(layer));
      return new GridCost(
          both.layers(),
          both.flopsPerLayer(),
          both.weightBytes(),
          both.rates(),
          both.prompts(),
          both.targets().subList(1, 2));
    }

    double seconds() {
      return 3600 / perHour;
    }

    double predicted() {
      ExecutorSpeed speed = ExecutorSpeed.measured(2);
      Schedule schedule = Schedule.of(grid, speed, 1);
      return schedule.seconds() - schedule.work().start();
    }
  }

  private ScaleTable() {}

  private static int[] shape(int rows, int cols) {
    return new int[] {rows, cols};
  }

  private static List<int[]> squares(int width, int count) {
    return Stream.generate(() -> shape(width, width)).limit(count).toList();
  }

  /** Prints both tables as Markdown. */
  public static void main(String[] args) {
    System.out.print(measured() + "\n" + simulated());
  }

  /** Returns the table of what was measured. */
  static String measured() {
    StringBuilder out = new StringBuilder();
    out.append("| workload | predicted | measured | predicted / measured |\n");
    out.append("| --- | ---: | ---: | ---: |\n");
    for (MeasuredSearch search : MeasuredSearch.ALL) {
      double predicted = search.predicted();
      out.append(
          "| %s | %.1f s | %.1f s | %.2f |%n"
              .formatted(search.name(), predicted, search.seconds(), predicted / search.seconds()));
    }
    return out.toString();
  }

  /** Returns the table of large sweeps. */
  static String simulated() {
    StringBuilder out = new StringBuilder();
    out.append(
        "| model | executors | time | executor-hours | forward | below the edit | decompositions"
            + " | idle and start | limit |\n");
    out.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for (LayerShapes model : List.of(GPT_J, LLAMA)) {
      for (int executors : EXECUTORS) {
        Schedule schedule = Schedule.of(studied(model), ExecutorSpeed.measured(CORES), executors);
        Schedule.WorkSeconds work = schedule.work();
        double hours = schedule.executorHours();
        out.append(
            "| %s | %d | %s | %.0f | %.0f | %.0f | %.0f | %.0f | %s |%n"
                .formatted(
                    model.name(),
                    executors,
                    Schedule.duration(schedule.seconds()),
                    hours,
                    work.forward() / 3600,
                    work.prefix() / 3600,
                    work.decomposition() / 3600,
                    hours - (work.total() - work.start()) / 3600,
                    schedule.limit()));
      }
    }
    return out.toString();
  }

  /** Eight tasks, three seeds, every layer, two modules. */
  static GridCost studied(LayerShapes model) {
    List<PromptCost> prompts =
        Stream.generate(() -> new PromptCost(SPLIT_TOKENS, SPLIT_TOKENS, true))
            .limit((long) TASKS * SEEDS)
            .toList();
    return model.grid(prompts, RATES, IntStream.range(0, model.layers()));
  }
}
