package rankine.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.CheckpointException;
import rankine.common.EditException;
import rankine.common.Fault;
import rankine.common.io.NaturalOrder;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.SafetensorsHeader;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.PlanFile;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.model.TestCheckpoint;
import rankine.kernels.Backend;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

class CheckpointPrunerTest {
  private static final int[] PROMPT = {5, 17, 3, 44, 8, 2, 61, 30, 9};

  @TempDir private Path folder;

  private static EditPlan plan(EditMethod method, String... edits) {
    return new EditPlan(
        Arrays.stream(edits).map(Edit::parse).toList(), method, FactoredMode.NEVER, 0);
  }

  private static MatrixEditor editor(EditPlan plan) {
    return MatrixEditor.of(plan, new Decompositions(CpuBackend.scalar(1), FactorCache.none()));
  }

  private CheckpointPruner.PruneResult prune(Path model, EditPlan plan) {
    return prune(model, plan, editor(plan));
  }

  private CheckpointPruner.PruneResult prune(Path model, EditPlan plan, MatrixEditor editor) {
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Backend backend = CpuBackend.scalar(1)) {
      Model loaded = Architectures.load(checkpoint, backend);
      return CheckpointPruner.plan(checkpoint, loaded, plan, folder.resolve("out"))
          .run(editor, (done, total) -> {});
    }
  }

  private static float[] logits(Path model, EditPlan plan) {
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Backend backend = CpuBackend.scalar(1)) {
      Model unedited = Architectures.load(checkpoint, backend);
      Model edited = EditOverlay.apply(unedited, plan.edits(), editor(plan), backend);
      try (Session session = new Session(edited, backend);
          KvCache cache = session.sequence()) {
        return session.logits(cache, PROMPT);
      }
    }
  }

  private static Map<String, byte[]> tensors(Path model) {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        bytes.put(tensor.name(), checkpoint.data(tensor).toArray(ValueLayout.JAVA_BYTE));
      }
    }
    return bytes;
  }

  private List<String> fileNames() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32,MAGNITUDE",
    "gpt2-f32,ZERO",
    "gptj-f16,MAGNITUDE",
    "gptj-f16,ZERO",
    "gpt_neox-f16,MAGNITUDE",
    "gpt_neox-f16,ZERO",
    "llama-bf16,MAGNITUDE",
    "llama-bf16,ZERO"
  })
  void copyGivesTheSameLogitsAsTheOverlay(String name, EditMethod method) {
    EditPlan plan = plan(method, "1:all:0.5", "0:k_proj:0.25", "0:fc_out:0.9");
    Path model = TestData.model(name);
    float[] overlay = logits(model, plan);
    assertFalse(Arrays.equals(overlay, logits(model, EditPlan.NONE)), "the edits have an effect");
    Path out = prune(model, plan).out();
    assertArrayEquals(overlay, logits(out, EditPlan.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "gpt_neox-f16", "llama-bf16", "stories260K"})
  void keepsEverythingElse(String name) throws IOException {
    EditPlan plan = plan(EditMethod.MAGNITUDE, "1:mlp:0.5", "0:out_proj:0.5", "0:v_proj:0");
    Path model = TestData.model(name);
    CheckpointPruner.PruneResult result = prune(model, plan);
    Map<String, byte[]> before = tensors(model);
    Map<String, byte[]> after = tensors(result.out());
    assertEquals(List.copyOf(before.keySet()), List.copyOf(after.keySet()));
    List<String> different =
        before.keySet().stream()
            .filter(tensor -> !Arrays.equals(before.get(tensor), after.get(tensor)))
            .sorted(NaturalOrder.INSTANCE)
            .toList();
    assertEquals(name.startsWith("gpt") ? 3 : 4, different.size(), different.toString());
    assertEquals(different, result.changed());

    List<String> files = new ArrayList<>(names(model));
    files.add(PlanFile.NAME);
    files.sort(null);
    assertEquals(files, result.written().files(), "every file is there");
    assertEquals(plan, PlanFile.read(result.out().resolve(PlanFile.NAME)));
    for (String file : names(model)) {
      if (file.endsWith(".safetensors")) {
        assertSameTensors(model.resolve(file), result, file);
      } else {
        assertEquals(-1, Files.mismatch(model.resolve(file), result.out().resolve(file)), file);
      }
    }
    try (Checkpoint copy = Checkpoint.open(result.out())) {
      assertEquals(copy.hash(), result.written().hash());
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertSameTensors(
      Path original, CheckpointPruner.PruneResult result, String file) throws IOException {
    SafetensorsHeader was = SafetensorsHeader.read(original);
    SafetensorsHeader is = SafetensorsHeader.read(result.out().resolve(file));
    assertEquals(was.tensors().size(), is.tensors().size());
    for (int i = 0; i < was.tensors().size(); i++) {
      TensorInfo a = was.tensors().get(i);
      TensorInfo b = is.tensors().get(i);
      assertEquals(a.name(), b.name());
      assertEquals(a.type(), b.type());
      assertEquals(a.shape(), b.shape());
      assertEquals(a.offset() - was.dataStart(), b.offset() - is.dataStart());
    }
    Map<String, String> metadata = new LinkedHashMap<>(is.metadata());
    assertEquals(
        new ObjectMapper().readTree(result.plan().toJson().toString()),
        new ObjectMapper().readTree(metadata.remove("rankine_edits")));
    try (Checkpoint source = Checkpoint.open(original.getParent())) {
      assertEquals(source.hash(), metadata.remove("rankine_source_sha256"));
    }
    assertEquals(was.metadata(), metadata);
    assertEquals(0, is.dataStart() % 8);
  }

  @Test
  void editsAPartOfAFusedTensor() {
    Path model = TestData.model("gpt2-f32");
    prune(model, plan(EditMethod.ZERO, "1:k_proj:0.5"));
    String name = "h.1.attn.c_attn.weight";
    Map<String, byte[]> before = tensors(model);
    Map<String, byte[]> after = tensors(folder.resolve("out"));
    byte[] expected =
        before.get(name).clone(); // stored [d, 3 d]: the keys are columns d to 2 d of each row
    int row = 4 * width(model, name);
    for (int start = 0; start < expected.length; start += 3 * row) {
      Arrays.fill(expected, start + row, start + 2 * row, (byte) 0);
    }
    assertFalse(Arrays.equals(before.get(name), expected));
    assertArrayEquals(expected, after.get(name));
    before.remove(name);
    before.forEach((other, bytes) -> assertArrayEquals(bytes, after.get(other), other));
  }

  @Test
  void editsInterleavedRowsOfAFusedTensor() {
    Path model = TestData.model("gpt_neox-f16");
    prune(model, plan(EditMethod.ZERO, "1:k_proj:0.5"));
    String name = "gpt_neox.layers.1.attention.query_key_value.weight";
    Map<String, byte[]> before = tensors(model);
    Map<String, byte[]> after = tensors(folder.resolve("out"));
    byte[] expected = before.get(name).clone(); // rows [3 heads][q, k, v][16], 48 columns of F16
    int part = 16 * 48 * 2;
    for (int head = 0; head < 3; head++) {
      Arrays.fill(expected, (3 * head + 1) * part, (3 * head + 2) * part, (byte) 0);
    }
    assertFalse(Arrays.equals(before.get(name), expected));
    assertArrayEquals(expected, after.get(name));
    before.remove(name);
    before.forEach((other, bytes) -> assertArrayEquals(bytes, after.get(other), other));
  }

  private static int width(Path model, String tensor) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return Math.toIntExact(checkpoint.find(tensor).orElseThrow().shape().getFirst());
    }
  }

  @Test
  void rateZeroKeepsTheOriginal() {
    Path model = TestData.model("llama-bf16");
    CheckpointPruner.PruneResult result = prune(model, plan(EditMethod.EXACT, "-1:all:0"));
    assertEquals(List.of(), result.changed());
    Map<String, byte[]> before = tensors(model);
    tensors(result.out()).forEach((name, bytes) -> assertArrayEquals(before.get(name), bytes));
  }

  @Test
  void equalRunsGiveEqualFiles() throws IOException {
    EditPlan plan = plan(EditMethod.MAGNITUDE, "-1:mlp:0.5");
    Path model = TestData.model("gptj-f16");
    Path first = Files.move(prune(model, plan).out(), folder.resolve("first"));
    Path second = prune(model, plan).out();
    String file = "model.safetensors";
    assertEquals(-1, Files.mismatch(first.resolve(file), second.resolve(file)));
  }

  /** Replacements in float32 are rounded to the stored dtype and layout. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void roundsReplacementsToTheStoredDType(String name) {
    EditPlan plan = plan(EditMethod.MAGNITUDE, "0:fc_in:0.5", "0:fc_out:0.5", "1:attn:0.5");
    MatrixEditor dense = (_, w, _) -> new Replacement.Dense(product(w));
    Path out = prune(TestData.model(name), plan, dense).out();
    try (Checkpoint checkpoint = Checkpoint.open(out);
        Backend backend = CpuBackend.scalar(1)) {
      Model model = Architectures.load(checkpoint, backend);
      for (StoredMatrix location :
          StoredMatrix.all(checkpoint, model, EditOverlay.check(model, plan.edits()))) {
        if (location.edit().isEmpty()) {
          continue;
        }
        Matrix stored = location.source();
        Matrix expectedValues = product(stored);
        for (int r = 0; r < stored.rows(); r++) {
          for (int c = 0; c < stored.cols(); c++) {
            float value = expectedValues.get(r, c);
            // Half the spacing of representable values; for F16 it is 2^-24 near 0.
            double half =
                switch (stored.dtype()) {
                  case F32 -> 0;
                  case F16 -> Math.max(0x1p-25, 0x1p-11 * Math.abs(value));
                  case BF16 -> 0x1p-8 * Math.abs(value);
                };
            assertEquals(value, stored.get(r, c), half);
          }
        }
      }
    }
  }

  /** Returns a matrix of rank two that depends only on the shape, row-major. */
  private static Matrix product(Matrix w) {
    float[] values = new float[w.rows() * w.cols()];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        values[r * w.cols() + c] =
            (float)
                (Math.sin(1 + 2 * r) * Math.cos(2 + 3 * c)
                    + Math.sin(2 + 2 * r) * Math.cos(2 + 3 * (w.cols() + c)));
      }
    }
    return Matrix.of(values, w.rows(), w.cols());
  }

  /** Only the zero matrix may come as factors. */
  @Test
  void refusesOtherFactors() throws IOException {
    EditPlan plan = plan(EditMethod.EXACT, "0:q_proj:0.5");
    for (int rank = 1; rank <= 2; rank++) {
      int k = rank;
      MatrixEditor editor =
          (_, w, _) -> {
            float[] left = new float[w.rows() * k];
            left[w.rows() - 1] = k == 1 ? 1 : 0;
            return new Replacement.FactorPair(
                Matrix.of(left, w.rows(), k), Matrix.of(new float[k * w.cols()], k, w.cols()));
          };
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> prune(TestData.model("gptj-f16"), plan, editor));
      assertEquals(
          "model.safetensors: transformer.h.0.attn.q_proj.weight: edit 0:q_proj:0.5: expected a"
              + " dense matrix, found factors of rank "
              + k,
          e.getMessage());
      assertEquals(List.of(), fileNames(), "no file remains");
    }
  }

  @Test
  void refusesValuesOutsideTheStoredDType() throws IOException {
    EditPlan plan = plan(EditMethod.MAGNITUDE, "0:q_proj:0.5", "1:fc_in:0.5");
    for (float value : new float[] {70_000f, Float.NaN}) {
      MatrixEditor editor = (_, w, _) -> new Replacement.Dense(filled(w, value));
      EditException e =
          assertThrows(EditException.class, () -> prune(TestData.model("gptj-f16"), plan, editor));
      assertEquals(
          "model.safetensors: transformer.h.0.attn.q_proj.weight: edit 0:q_proj:0.5: expected"
              + " values that F16 can hold, found "
              + value
              + " in row 1, column 2",
          e.getMessage());
      assertEquals(List.of(), fileNames(), "no file remains");
    }
  }

  private static Matrix filled(Matrix w, float value) {
    float[] values = new float[w.rows() * w.cols()];
    values[w.cols() + 2] = value;
    return Matrix.of(values, w.rows(), w.cols());
  }

  @Test
  void refusesAnOriginalThatChanges() throws IOException {
    Path model = TestCheckpoint.golden("gptj-f16").write(folder.resolve("model"));
    EditPlan plan = plan(EditMethod.MAGNITUDE, "0:q_proj:0.5");
    MatrixEditor editor =
        (name, w, rate) -> {
          try {
            Files.writeString(model.resolve("config.json"), "{}");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          return editor(plan).edit(name, w, rate);
        };
    CheckpointException e =
        assertThrows(CheckpointException.class, () -> prune(model, plan, editor));
    assertEquals(Fault.FILE_CHANGED, e.fault());
    assertEquals(List.of("model"), fileNames());
  }

  /** In float32 nothing is rounded: the copy equals the overlay. */
  @Test
  void exactLowRank() {
    Path model = TestData.model("gpt2-f32");
    EditPlan plan =
        new EditPlan(
            List.of(Edit.parse("1:all:0.75"), Edit.parse("0:v_proj:0.9")),
            EditMethod.EXACT,
            FactoredMode.NEVER,
            0);
    float[] overlay = logits(model, plan);
    float[] pruned = logits(prune(model, plan).out(), EditPlan.NONE);
    assertArrayEquals(overlay, pruned);
  }

  @Test
  void prunesAPrunedCheckpoint() {
    Path model = TestData.model("llama-bf16");
    EditPlan plan = plan(EditMethod.ZERO, "0:mlp:0.5");
    CheckpointPruner.PruneResult first = prune(model, plan);
    EditPlan again = plan(EditMethod.ZERO, "1:mlp:0.5");
    try (Checkpoint checkpoint = Checkpoint.open(first.out());
        Backend backend = CpuBackend.scalar(1)) {
      Model loaded = Architectures.load(checkpoint, backend);
      Path out = folder.resolve("again");
      CheckpointPruner.PruneResult second =
          CheckpointPruner.plan(checkpoint, loaded, again, out)
              .run(editor(again), (done, total) -> {});
      SafetensorsHeader header =
          SafetensorsHeader.read(out.resolve("model-00001-of-00003.safetensors"));
      assertEquals(first.written().hash(), header.metadata().get("rankine_source_sha256"));
      assertEquals(again.toJson().toString(), header.metadata().get("rankine_edits"));
      assertNotEquals(first.written().hash(), second.written().hash());
    }
  }

  @Test
  void refusesAReplacementOfAnotherShape() {
    EditPlan plan = plan(EditMethod.ZERO, "0:mlp:0.5");
    MatrixEditor editor = (_, _, _) -> new Replacement.Dense(Matrix.of(new float[1], 1, 1));
    assertThrows(
        IllegalStateException.class, () -> prune(TestData.model("gpt2-f32"), plan, editor));
  }
}
