package rankine.engine.profile;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Matrix;
import rankine.testdata.TestData;

/** Runs studies of the golden checkpoints. */
final class Studies {
  static final int[] IDS = {1, 30, 2, 2, 17, 0, 5, 31, 9, 12, 4};

  private Studies() {}

  static LoadedModel open(String model, String backend, int threads) {
    return LoadedModel.open(TestData.model(model), new BackendOptions(backend, 0, threads));
  }

  static EditPlan plan(EditMethod method) {
    return new EditPlan(List.of(), method, FactoredMode.AUTO, 7);
  }

  static List<PruningRate> rates(String... rates) {
    return Arrays.stream(rates).map(PruningRate::parse).toList();
  }

  static ProfileRequest untimed(int layer, String module, EditMethod method, String... rates) {
    return new ProfileRequest(
        layer,
        ModuleSelection.of(module),
        rates(rates),
        plan(method),
        new TextSource.IdsSource(IDS),
        Optional.empty());
  }

  static ProfileResult run(LoadedModel loaded, ProfileRequest request) {
    return Profile.run(loaded, request, ProgressListener.NONE);
  }

  /** Returns the elements of a matrix, [rows][cols]. */
  static double[][] values(Matrix w) {
    double[][] values = new double[w.rows()][w.cols()];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        values[r][c] = w.get(r, c);
      }
    }
    return values;
  }

  /** Returns {@link #IDS} as a text. */
  static TextSpans text() {
    return TextSpans.of("test", new int[0], List.of(IDS));
  }

  /** Returns the inputs of matrices, by name: [positions][features]. */
  static Map<String, double[][]> inputs(LoadedModel loaded, TextSpans text, String... names) {
    Map<String, double[][]> inputs = new HashMap<>();
    MatrixStudy.inputs(
        loaded.model(),
        Set.of(names),
        text.tree(),
        loaded.backend().backend(),
        (linear, x) -> inputs.put(linear.name(), values(x)));
    return inputs;
  }
}
