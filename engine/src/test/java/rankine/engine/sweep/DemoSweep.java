package rankine.engine.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.edit.RankAllocation;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** A sweep of the built-in checkpoint; each setting can be changed. */
final class DemoSweep {
  private static final Path ROOT = TestData.demo();
  static final Path CHECKPOINT = ROOT.resolve("checkpoint");

  /** Ignores all progress. */
  static final SweepListener SILENT =
      new SweepListener() {
        @Override
        public void begin(String name) {}

        @Override
        public void progress(int done, int total) {}

        @Override
        public void end() {}
      };

  private final Path folder;
  Path data = ROOT.resolve("data/topic");
  String task = "demo-topic";
  Optional<TextData> texts = Optional.empty();
  List<Long> seeds = List.of(0L);
  String layers = "0,1";
  String modules = "fc_in,q_proj";
  String rates = "0.5,0.9";
  String methods = "";
  String ratios = "0.4,0.8";
  CompressionSettings settings =
      new CompressionSettings(
          FactoredMode.AUTO,
          SketchOptions.standard(0),
          Optional.empty(),
          1,
          RankAllocation.UNIFORM,
          List.of());
  OptionalInt shots = OptionalInt.of(0);
  OptionalInt limit = OptionalInt.of(6);
  EditPlan plan = new EditPlan(List.of(), EditMethod.MAGNITUDE, FactoredMode.AUTO, 0);
  TestCells test = TestCells.CHOSEN;
  Shard shard = Shard.WHOLE;

  DemoSweep(Path folder) {
    this.folder = folder;
  }

  static LoadedModel open() {
    return LoadedModel.open(CHECKPOINT, new BackendOptions("vector", 0, 2));
  }

  SweepRequest request() {
    return new SweepRequest(
        folder,
        task.isEmpty() ? List.of() : TaskData.of(List.of(task), List.of(data.toString())),
        texts,
        seeds,
        layers.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SweepRequest.LayerAxes(
                    Layers.parse(layers),
                    Stream.of(modules.split(",", -1)).map(ModuleSelection::of).toList(),
                    rates(rates),
                    plan)),
        methods.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new SweepRequest.ModelAxes(
                    Stream.of(methods.split(",", -1)).map(ModelTarget::parse).toList(),
                    rates(ratios),
                    settings)),
        shots,
        limit,
        test,
        shard);
  }

  /** The request that evaluates a task's cell by itself. */
  EvaluationRequest evaluation(CellKey key) {
    BenchmarkData data = request().data(key.benchmark());
    return ((BenchmarkData.TaskExamples) data).request().with(key.split(), key.seed());
  }

  private static List<PruningRate> rates(String list) {
    return Stream.of(list.split(",", -1)).map(PruningRate::parse).toList();
  }

  SweepSummary run(LoadedModel loaded) {
    return Sweep.run(loaded, request(), SILENT);
  }

  /** The content of a folder's cells but their time, which differs from run to run. */
  static Map<String, String> results(Path folder) {
    return RunFolder.read(folder).cells().values().stream()
        .collect(
            Collectors.toMap(
                cell -> cell.key().toString(),
                cell ->
                    new Cell(cell.key(), cell.evaluation(), cell.ranks(), cell.removed(), 0)
                        .toJson()
                        .toString(),
                (one, other) -> one,
                TreeMap::new));
  }
}
