package rankine.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Model;
import rankine.engine.model.Module;
import rankine.engine.model.Session;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.model.TestModels;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Spectrum;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.testdata.TestData;

/** Edits, decomposes and prunes each module of each architecture. */
class EveryModuleTest {
  private static final BackendOptions SCALAR = new BackendOptions("scalar", 0, 1);
  private static final int LAYER = 1;
  private static final int[] PROMPT = {5, 17, 3, 44, 8, 2, 61, 30, 9};

  @TempDir private Path folder;

  static Stream<String> models() {
    return TestModels.all().stream();
  }

  /** Each module once: the bits of a pruned checkpoint show that the right matrix was edited. */
  @ParameterizedTest
  @MethodSource("models")
  void everyModuleIsPruned(String name) {
    try (LoadedModel loaded = LoadedModel.open(TestData.model(name), SCALAR)) {
      Set<Module> modules = modules(loaded.model());
      assertEquals(modules.contains(Module.FC_UP) ? 7 : 6, modules.size(), modules.toString());
      float[] unedited = logits(loaded);
      for (Module module : modules) {
        // Magnitude pruning only zeroes elements, so the stored type holds its result exactly.
        EditPlan sparse = plan(module, EditMethod.MAGNITUDE, FactoredMode.NEVER);
        float[] edited = logits(loaded.edited(sparse));
        assertFalse(Arrays.equals(unedited, edited), module.label());
        assertArrayEquals(edited, pruned(loaded, sparse), module.label());
      }
    }
  }

  @Tag("thorough")
  @ParameterizedTest
  @MethodSource("models")
  void everyModuleIsDecomposed(String name) {
    assertDecomposed(name, Module.values().length);
  }

  /** One module of each architecture; {@code everyModuleIsDecomposed} has the others. */
  @ParameterizedTest
  @MethodSource("models")
  void oneModuleIsDecomposed(String name) {
    assertDecomposed(name, 1);
  }

  /** Decomposes and truncates at most {@code most} modules of a layer. */
  private static void assertDecomposed(String name, int most) {
    try (LoadedModel loaded = LoadedModel.open(TestData.model(name), SCALAR)) {
      float[] unedited = logits(loaded);
      modules(loaded.model()).stream()
          .sorted()
          .limit(most)
          .forEach(
              module -> {
                spectrum(loaded, module);
                EditPlan lowRank = plan(module, EditMethod.EXACT, FactoredMode.NEVER);
                assertFalse(
                    Arrays.equals(unedited, logits(loaded.edited(lowRank))), module.label());
              });
    }
  }

  @Tag("thorough")
  @ParameterizedTest
  @MethodSource("models")
  void everyModuleFactored(String name) throws IOException {
    assertFactored(name);
  }

  /** Fused matrices, by columns and by rows; {@code everyModuleFactored} has all models. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "phi3-f16"})
  void everyModuleOfAFusedMatrixFactored(String name) throws IOException {
    assertFactored(name);
  }

  /**
   * A folder with factors gives the logits of the dense one and stores k (m + n) elements instead
   * of m n. In float32: rounding factors to 16 bits is not rounding their product.
   */
  private void assertFactored(String name) throws IOException {
    Path model = TestCheckpoint.golden(name).as(DType.F32).write(folder.resolve("f32"));
    try (LoadedModel loaded = LoadedModel.open(model, SCALAR)) {
      for (Module module : modules(loaded.model())) {
        Path dense = folder.resolve(module.label() + "-dense");
        Path factored = folder.resolve(module.label() + "-factored");
        prune(loaded, plan(module, EditMethod.EXACT, FactoredMode.NEVER), dense);
        CheckpointPruner.PruneResult result =
            prune(loaded, plan(module, EditMethod.EXACT, FactoredMode.ALWAYS), factored);
        assertEquals(result.changed(), result.factored());
        float[] expected = logits(dense);
        float[] found = logits(factored);
        for (int i = 0; i < expected.length; i++) {
          double tolerance = 1e-4 * Math.max(1, Math.abs(expected[i]));
          assertEquals(expected[i], found[i], tolerance, module.label());
        }
        Matrix w = matrix(loaded.model(), module);
        long rank = Math.min(w.rows(), w.cols()) / 2;
        long saved = (long) w.rows() * w.cols() - rank * (w.rows() + w.cols());
        assertEquals(
            weightBytes(dense) - saved * Float.BYTES, weightBytes(factored), module.label());
      }
    }
  }

  private static Matrix matrix(Model model, Module module) {
    return model.layers().get(LAYER).stream()
        .filter(op -> op instanceof Op.Linear linear && linear.name().equals(module.in(LAYER)))
        .map(op -> ((Op.Linear) op).weight().source())
        .findFirst()
        .orElseThrow();
  }

  /** Returns the bytes of all tensors, without headers. */
  private static long weightBytes(Path model) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return checkpoint.tensors().stream().mapToLong(TensorInfo::bytes).sum();
    }
  }

  private static Set<Module> modules(Model model) {
    Set<String> names =
        model.layers().get(LAYER).stream()
            .filter(Op.Linear.class::isInstance)
            .map(op -> ((Op.Linear) op).name())
            .collect(Collectors.toSet());
    return Stream.of(Module.values())
        .filter(module -> names.contains(module.in(LAYER)))
        .collect(Collectors.toSet());
  }

  private static EditPlan plan(Module module, EditMethod method, FactoredMode factored) {
    Edit edit = new Edit(LAYER, ModuleSelection.of(module.label()), PruningRate.parse("0.5"));
    return new EditPlan(List.of(edit), method, factored, 0);
  }

  /** The squares of the singular values add up to those of the elements. */
  private static void spectrum(LoadedModel loaded, Module module) {
    List<Spectrum> spectra =
        Spectrum.of(loaded, LAYER, ModuleSelection.of(module.label()), List.of());
    assertEquals(1, spectra.size());
    Spectrum spectrum = spectra.getFirst();
    assertEquals(module.in(LAYER), spectrum.name());
    Matrix w = spectrum.w();
    double squares = 0;
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        squares += (double) w.get(r, c) * w.get(r, c);
      }
    }
    double sum = Arrays.stream(spectrum.svd().s()).map(s -> s * s).sum();
    assertEquals(squares, sum, 1e-6 * squares, spectrum.name());
  }

  private float[] pruned(LoadedModel loaded, EditPlan plan) {
    Path out = folder.resolve(plan.edits().getFirst().modules().name());
    prune(loaded, plan, out);
    return logits(out);
  }

  private static CheckpointPruner.PruneResult prune(LoadedModel loaded, EditPlan plan, Path out) {
    CheckpointPruner.PruneResult result =
        CheckpointPruner.plan(loaded.checkpoint(), loaded.original(), plan, out)
            .run(MatrixEditor.of(plan, loaded.decompositions()), (done, total) -> {});
    assertEquals(1, result.changed().size(), result.changed().toString());
    return result;
  }

  private static float[] logits(Path model) {
    try (LoadedModel copy = LoadedModel.open(model, SCALAR)) {
      return logits(copy);
    }
  }

  private static float[] logits(LoadedModel loaded) {
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      return session.logits(cache, PROMPT);
    }
  }
}
