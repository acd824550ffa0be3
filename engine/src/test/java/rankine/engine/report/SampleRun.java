package rankine.engine.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Writes a run folder by its format, with the number of correct examples per cell chosen by a test.
 */
public final class SampleRun {
  /** The paper's rates. */
  public static final List<String> RATES =
      List.of("0", "0.1", "0.5", "0.75", "0.9", "0.95", "0.99", "0.995");

  /**
   * The number k of correct examples of a cell, the first k of n; empty if the cell was not
   * evaluated.
   */
  @FunctionalInterface
  public interface Outcomes {
    /** The unedited model has layer −2 and no module. */
    OptionalInt correct(String task, int seed, int layer, String module, String rate, String split);
  }

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> tasks = new TreeMap<>();
  private String test = "chosen";
  private int examples = 200;
  private boolean answers;
  private boolean seedsAlike;

  /** 200 examples per cell, with the chosen rate on test. */
  public SampleRun() {}

  /** Adds a task of this name, in the version {@code corrected}. */
  public SampleRun task(String name) {
    tasks.put(name, "corrected");
    return this;
  }

  /** Evaluates every rate on test. */
  public SampleRun testAll() {
    test = "all";
    return this;
  }

  /** Sets the number of examples of every cell. */
  public SampleRun examples(int n) {
    examples = n;
    return this;
  }

  /** Makes the tasks' answers free-form: a correct example has F1 1, another one a third. */
  public SampleRun answers() {
    answers = true;
    return this;
  }

  /** Adds a grid and the cells that {@code outcomes} gives. */
  public SampleRun grid(
      List<Integer> seeds,
      List<Integer> layers,
      List<String> modules,
      List<String> rates,
      Outcomes outcomes) {
    begin(seeds, layers, modules, rates);
    for (String task : tasks.keySet()) {
      for (int seed : seeds) {
        for (String split : List.of("validation", "test")) {
          cell(outcomes, task, seed, -2, null, "0", split);
          for (int layer : layers) {
            for (String module : modules) {
              rates.stream()
                  .filter(rate -> !rate.equals("0"))
                  .forEach(rate -> cell(outcomes, task, seed, layer, module, rate, split));
            }
          }
        }
      }
    }
    return this;
  }

  private void begin(
      List<Integer> seeds, List<Integer> layers, List<String> modules, List<String> rates) {
    ObjectNode grid = NODES.objectNode();
    ArrayNode taskNames = grid.putArray("tasks");
    tasks.forEach((name, version) -> taskNames.add(name + ":" + version));
    ArrayNode seedNumbers = grid.putArray("seeds");
    seeds.forEach(seedNumbers::add);
    ArrayNode layerNumbers = grid.putArray("layers");
    layers.forEach(layerNumbers::add);
    ArrayNode moduleNames = grid.putArray("modules");
    modules.forEach(moduleNames::add);
    ArrayNode rateValues = grid.putArray("rates");
    rates.forEach(rate -> rateValues.add(new java.math.BigDecimal(rate)));
    ObjectNode line = NODES.objectNode().put("kind", "begin");
    line.set("grid", grid);
    line.put("shard", "0/1").put("started", "2026-01-02T03:04:05Z");
    line.putObject("manifest").put("java", "a JVM").put("threads", 2);
    lines.add(line.toString());
  }

  private void cell(
      Outcomes outcomes,
      String task,
      int seed,
      int layer,
      String module,
      String rate,
      String split) {
    OptionalInt count = outcomes.correct(task, seed, layer, module, rate, split);
    if (count.isEmpty()) {
      return;
    }
    int correct = count.getAsInt();
    ObjectNode line = NODES.objectNode().put("kind", "cell");
    ObjectNode key = line.putObject("cell");
    key.put("task", task).put("version", "corrected").put("seed", seed);
    key.put("layer", module == null ? null : (Integer) layer).put("module", module);
    key.put("rate", new java.math.BigDecimal(rate)).put("part", split);
    ObjectNode result = line.putObject("result");
    result.put("n", examples).put("correct", correct);
    line.put("outcomes", "1".repeat(correct) + "0".repeat(examples - correct));
    if (answers) {
      result.put("f1", (correct + (examples - correct) / 3.0) / examples);
      ArrayNode scores = line.putArray("scores");
      IntStream.range(0, examples).forEach(i -> scores.add(i < correct ? 1 : 1 / 3.0));
    }
    line.put("examples_sha256", task + split)
        .put("prompts_sha256", task + split + (seedsAlike ? "" : seed));
    line.put("seconds", 1.5).putObject("manifest");
    lines.add(line.toString());
  }

  /** From here on every seed has the same prompts. */
  public SampleRun seedsAlike() {
    seedsAlike = true;
    return this;
  }

  /**
   * Adds a spectrum of min(rows, cols) values that fall as a power of 1 / index, the last {@code
   * lost} of them 0.
   */
  public SampleRun spectrum(int layer, String module, int rows, int cols, int zeros) {
    int full = Math.min(rows, cols);
    ObjectNode line = NODES.objectNode().put("kind", "spectrum");
    String name = layer + "." + module;
    line.put("matrix", name).put("layer", layer).put("module", module);
    ObjectNode spectrum = line.putObject("spectrum").put("matrix", name);
    spectrum.putArray("shape").add(rows).add(cols);
    spectrum.put("numerical_rank", full - zeros).put("condition_number", full - zeros);
    ArrayNode rates = spectrum.putArray("rates");
    for (String rate : RATES) {
      int rank = (int) Math.floor(full * (1 - Double.parseDouble(rate)) + 1e-9);
      rates
          .addObject()
          .put("rate", new java.math.BigDecimal(rate))
          .put("rank", rank)
          .put("energy", Math.sqrt((double) rank / full))
          .put("relative_error", 0.5);
    }
    ArrayNode values = spectrum.putArray("singular_values");
    IntStream.rangeClosed(1, full)
        .forEach(
            i -> values.add(i > full - zeros ? 0 : (layer + 2.0) / Math.pow(i, 1 + layer / 28.0)));
    lines.add(line.toString());
    return this;
  }

  /** Writes the folder. */
  public Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    ObjectNode run = NODES.objectNode().put("format", 1).put("rankine", "0.1.0");
    run.putObject("checkpoint")
        .put("architecture", "gptj")
        .put("sha256", "0123456789abcdef".repeat(4));
    run.putObject("tokenizer").put("sha256", "fedcba9876543210".repeat(4));
    ArrayNode list = run.putArray("tasks");
    tasks.forEach(
        (name, version) ->
            list.addObject()
                .put("name", name)
                .put("version", version)
                .put("revision", 1)
                .put("sha256", "00ff".repeat(16))
                .put("data", "data/" + name));
    run.putNull("shots").putNull("limit");
    run.put("method", "exact").put("factored", "auto").put("svd_seed", 0);
    run.put("test", test).put("backend", "scalar");
    Files.writeString(folder.resolve("run.json"), run.toString());
    Files.writeString(folder.resolve("cells-0-of-1.jsonl"), String.join("\n", lines) + "\n");
    return folder;
  }
}
