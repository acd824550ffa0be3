package rankine.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.CheckpointException;
import rankine.common.EditException;
import rankine.common.Fault;
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
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.model.TestCheckpoint;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Checkpoints with stored factors. */
class FactoredCheckpointTest {
  private static final int[] PROMPT = {5, 17, 3, 44, 8, 2, 61, 30, 9};

  @TempDir private Path folder;

  private static EditPlan plan(FactoredMode factored, String... edits) {
    return new EditPlan(
        Arrays.stream(edits).map(Edit::parse).toList(), EditMethod.EXACT, factored, 0);
  }

  private static MatrixEditor editor(EditPlan plan) {
    return MatrixEditor.of(plan, new Decompositions(CpuBackend.scalar(1), FactorCache.none()));
  }

  private CheckpointPruner.PruneResult prune(
      Path model, EditPlan plan, MatrixEditor editor, String name) {
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Backend backend = CpuBackend.scalar(1)) {
      Model loaded = Architectures.load(checkpoint, backend);
      return CheckpointPruner.plan(checkpoint, loaded, plan, folder.resolve(name))
          .run(editor, (done, total) -> {});
    }
  }

  private CheckpointPruner.PruneResult prune(Path model, EditPlan plan) {
    return prune(model, plan, editor(plan), "out");
  }

  private static float[] logits(Path model, EditPlan plan, MatrixEditor editor) {
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Backend backend = CpuBackend.scalar(1)) {
      Model unedited = Architectures.load(checkpoint, backend);
      Model edited = EditOverlay.apply(unedited, plan.edits(), editor, backend);
      try (Session session = new Session(edited, backend);
          KvCache cache = session.sequence()) {
        return session.logits(cache, PROMPT);
      }
    }
  }

  private static float[] logits(Path model) {
    return logits(model, EditPlan.NONE, editor(EditPlan.NONE));
  }

  /** Returns an editor whose factors are rounded to the dtype of the matrix. */
  private static MatrixEditor rounded(MatrixEditor editor) {
    return (name, w, rate) ->
        editor.edit(name, w, rate) instanceof Replacement.FactorPair(Matrix left, Matrix right)
            ? new Replacement.FactorPair(round(left, w.dtype()), round(right, w.dtype()))
            : editor.edit(name, w, rate);
  }

  private static Matrix round(Matrix w, DType dtype) {
    float[] values = new float[w.rows() * w.cols()];
    for (int i = 0; i < values.length; i++) {
      float value = w.get(i / w.cols(), i % w.cols());
      values[i] =
          switch (dtype) {
            case F32 -> value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> nearestBfloat16(value);
          };
    }
    return Matrix.of(values, w.rows(), w.cols());
  }

  /** Rounds to nearest; ties, which do not occur here, would need a rule. */
  private static float nearestBfloat16(float value) {
    float toZero = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
    float away = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
    return Math.abs(value - toZero) <= Math.abs(away - value) ? toZero : away;
  }

  private static void assertClose(float[] expected, float[] found, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance * Math.max(1, Math.abs(expected[i])));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, 5, 1e-5, 1e-5",
    "gptj-f16, 5, 1e-5, 5e-3",
    "gpt_neox-f16, 5, 1e-5, 5e-3",
    "phi3-f16, 5, 1e-5, 5e-3",
    "llama-bf16, 6, 1e-5, 5e-2"
  })
  void loadsLikeTheOverlay(String name, int tensors, double exactly, double roughly)
      throws IOException {
    EditPlan plan =
        plan(FactoredMode.ALWAYS, "1:mlp:0.75", "0:out_proj:0.9", "2:fc_out:0.1", "2:v_proj:0.5");
    Path model = TestData.model(name);
    CheckpointPruner.PruneResult result = prune(model, plan);
    assertEquals(result.changed(), result.factored());
    assertEquals(tensors, result.factored().size());
    float[] loaded = logits(result.out());
    assertFalse(Arrays.equals(logits(model), loaded), "the edits have an effect");
    MatrixEditor overlay = editor(plan);
    assertClose(logits(model, plan, rounded(overlay)), loaded, exactly);
    assertClose(logits(model, plan, overlay), loaded, roughly);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-f32", "gptj-f16", "llama-bf16"})
  void namesAndShapes(String name) throws IOException {
    Path model = TestData.model(name);
    CheckpointPruner.PruneResult result = prune(model, plan(FactoredMode.ALWAYS, "1:mlp:0.75"));
    try (Checkpoint before = Checkpoint.open(model);
        Checkpoint after = Checkpoint.open(result.out())) {
      assertEquals(before.tensors().size() + result.factored().size(), after.tensors().size());
      for (TensorInfo tensor : before.tensors()) {
        if (result.factored().contains(tensor.name())) {
          long rank = tensor.shape().stream().mapToLong(s -> s).min().orElseThrow() / 4;
          TensorInfo left = after.find(tensor.name() + ".left").orElseThrow();
          TensorInfo right = after.find(tensor.name() + ".right").orElseThrow();
          assertTrue(after.find(tensor.name()).isEmpty());
          assertEquals(List.of(tensor.shape().getFirst(), rank), left.shape());
          assertEquals(List.of(rank, tensor.shape().getLast()), right.shape());
          assertEquals(tensor.type(), left.type());
          assertEquals(tensor.type(), right.type());
          assertEquals(tensor.file().getFileName(), left.file().getFileName(), "its own shard");
        } else {
          assertArrayEquals(
              before.data(tensor).toArray(ValueLayout.JAVA_BYTE),
              after.data(after.find(tensor.name()).orElseThrow()).toArray(ValueLayout.JAVA_BYTE));
        }
      }
      assertTrue(after.bytes() < before.bytes());
      assertEquals(after.hash(), result.written().hash());
    }
    for (String file : result.written().files()) {
      if (file.endsWith(".safetensors")) {
        SafetensorsHeader header = SafetensorsHeader.read(result.out().resolve(file));
        assertTrue(header.metadata().get("rankine_factored").contains("NAME.left"));
      }
    }
  }

  @Test
  void indexListsTheFactors() throws IOException {
    Path model = TestData.model("llama-bf16");
    CheckpointPruner.PruneResult result = prune(model, plan(FactoredMode.ALWAYS, "1:fc_in:0.75"));
    String name = "model.layers.1.mlp.gate_proj.weight";
    ObjectMapper json = new ObjectMapper();
    String index = "model.safetensors.index.json";
    JsonNode before = json.readTree(model.resolve(index).toFile()).get("weight_map");
    JsonNode after = json.readTree(result.out().resolve(index).toFile()).get("weight_map");
    assertEquals(before.size() + 1, after.size());
    assertFalse(after.has(name));
    assertEquals(before.get(name), after.get(name + ".left"));
    assertEquals(before.get(name), after.get(name + ".right"));
  }

  @Test
  void autoKeepsSmallerFactors() {
    // [256, 64] has 16,384 elements: rank 51 gives 51 (256 + 64) = 16,320, rank 57 gives more.
    EditPlan plan = plan(FactoredMode.AUTO, "0:fc_in:0.2", "1:fc_in:0.1");
    CheckpointPruner.PruneResult result = prune(TestData.model("gptj-f16"), plan);
    assertEquals(List.of("transformer.h.0.mlp.fc_in.weight"), result.factored());
    assertEquals(2, result.changed().size());
    assertClose(logits(TestData.model("gptj-f16"), plan, editor(plan)), logits(result.out()), 5e-3);
  }

  @ParameterizedTest
  @CsvSource({"NEVER, 0", "AUTO, 1", "ALWAYS, 1"})
  void rankZeroIsStoredAsZeros(FactoredMode mode, int factored) {
    String name = "transformer.h.1.mlp.fc_in.weight";
    CheckpointPruner.PruneResult result =
        prune(TestData.model("gptj-f16"), plan(mode, "1:fc_in:0.99"));
    assertEquals(factored, result.factored().size());
    try (Checkpoint after = Checkpoint.open(result.out())) {
      List<TensorInfo> stored =
          after.tensors().stream().filter(tensor -> tensor.name().startsWith(name)).toList();
      assertEquals(
          factored == 0 ? List.of(name) : List.of(name + ".left", name + ".right"),
          stored.stream().map(TensorInfo::name).sorted().toList());
      assertEquals(
          factored == 0 ? 256 * 64 : 256 + 64,
          stored.stream().mapToLong(TensorInfo::elements).sum());
      for (TensorInfo tensor : stored) {
        byte[] bytes = after.data(tensor).toArray(ValueLayout.JAVA_BYTE);
        assertArrayEquals(new byte[bytes.length], bytes, tensor.name());
      }
    }
  }

  /** GPT-2 stores [in, out]; the message names row and column of the matrix, [out, in]. */
  @Test
  void namesTheElementOfATransposedPart() {
    MatrixEditor editor =
        (_, w, removal) -> {
          if (removal.toString().equals("0.5")) {
            return new Replacement.FactorPair(
                Matrix.of(new float[w.rows()], w.rows(), 1),
                Matrix.of(new float[w.cols()], 1, w.cols()));
          }
          float[] values = new float[w.rows() * w.cols()];
          values[2 * w.cols() + 5] = Float.NaN;
          return new Replacement.Dense(Matrix.of(values, w.rows(), w.cols()));
        };
    EditPlan plan = plan(FactoredMode.ALWAYS, "1:q_proj:0.5", "1:k_proj:0.25");
    EditException e =
        assertThrows(
            EditException.class, () -> prune(TestData.model("gpt2-f32"), plan, editor, "out"));
    assertEquals(
        "model.safetensors: h.1.attn.c_attn.weight: edit 1:k_proj:0.25: expected values that F32"
            + " can hold, found NaN in row 2, column 5",
        e.getMessage());
  }

  /** The other parts of a fused tensor keep their bytes, the factored part has its own rank. */
  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, h.1.attn.c_attn.weight",
    "gpt_neox-f16, gpt_neox.layers.1.attention.query_key_value.weight",
    "phi3-f16, model.layers.1.self_attn.qkv_proj.weight"
  })
  void partsOfAFusedTensor(String name, String fused) throws IOException {
    Path model = TestData.model(name);
    EditPlan plan = plan(FactoredMode.ALWAYS, "1:q_proj:0.75", "1:v_proj:0.5");
    CheckpointPruner.PruneResult result = prune(model, plan);
    assertEquals(List.of(fused), result.factored());
    try (Checkpoint before = Checkpoint.open(model);
        Checkpoint after = Checkpoint.open(result.out());
        Backend backend = CpuBackend.scalar(1)) {
      assertEquals(before.tensors().size() + 4, after.tensors().size());
      assertTrue(after.find(fused).isEmpty());
      for (String part : List.of("q_proj", "v_proj")) {
        assertTrue(after.find(fused + "." + part).isEmpty());
      }
      Matrix original = matrix(Architectures.load(before, backend), "1.k_proj");
      Matrix kept = matrix(Architectures.load(after, backend), "1.k_proj");
      assertEquals(original.rows(), kept.rows());
      for (int r = 0; r < original.rows(); r++) {
        for (int c = 0; c < original.cols(); c++) {
          assertEquals(original.get(r, c), kept.get(r, c));
        }
      }
    }
    EditPlan rest = plan(FactoredMode.ALWAYS, "1:k_proj:0.5");
    CheckpointPruner.PruneResult again = prune(result.out(), rest, editor(rest), "again");
    assertEquals(List.of(fused + ".k_proj"), again.factored());
    assertClose(logits(result.out(), rest, editor(rest)), logits(again.out()), 5e-3);
  }

  private static Matrix matrix(Model model, String name) {
    return model.layers().stream()
        .flatMap(List::stream)
        .filter(op -> op instanceof Op.Linear linear && linear.name().equals(name))
        .map(op -> ((Op.Linear) op).weight().source())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void factorsSurviveAnotherPruning() throws IOException {
    CheckpointPruner.PruneResult first =
        prune(TestData.model("gptj-f16"), plan(FactoredMode.ALWAYS, "1:mlp:0.75"));
    EditPlan again = plan(FactoredMode.NEVER, "2:mlp:0.5");
    CheckpointPruner.PruneResult second = prune(first.out(), again, editor(again), "again");
    SafetensorsHeader header = SafetensorsHeader.read(second.out().resolve("model.safetensors"));
    assertTrue(header.metadata().containsKey("rankine_factored"));
    assertArrayEquals(logits(first.out(), again, editor(again)), logits(second.out()), 0.02f);
    EditPlan same = plan(FactoredMode.NEVER, "1:fc_out:0.5");
    EditException e =
        assertThrows(EditException.class, () -> prune(first.out(), same, editor(same), "refused"));
    assertEquals(
        "edit 1:fc_out:0.5: 1.fc_out: expected a matrix, found factors of rank 16 from an"
            + " earlier pruning",
        e.getMessage());
  }

  @Test
  void refusesValuesOutsideTheStoredDType() throws IOException {
    MatrixEditor editor =
        (_, w, _) ->
            new Replacement.FactorPair(
                Matrix.of(new float[w.rows()], w.rows(), 1),
                Matrix.of(filled(w.cols(), 70_000f), 1, w.cols()));
    EditException e =
        assertThrows(
            EditException.class,
            () ->
                prune(
                    TestData.model("gptj-f16"),
                    plan(FactoredMode.ALWAYS, "0:q_proj:0.5"),
                    editor,
                    "out"));
    assertEquals(
        "model.safetensors: transformer.h.0.attn.q_proj.weight: edit 0:q_proj:0.5: factor right:"
            + " expected values that F16 can hold, found 70000.0 in row 0, column 0",
        e.getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList(), "no file remains");
    }
  }

  private static float[] filled(int n, float value) {
    float[] values = new float[n];
    Arrays.fill(values, value);
    return values;
  }

  private static final String FC_IN = "transformer.h.1.mlp.fc_in.weight";

  private void refused(TestCheckpoint broken, Fault fault, String... parts) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(broken.write(folder.resolve("broken")));
        Backend backend = CpuBackend.scalar(1)) {
      CheckpointException e =
          assertThrows(CheckpointException.class, () -> Architectures.load(checkpoint, backend));
      assertEquals(fault, e.fault(), e.getMessage());
      for (String part : parts) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
    }
  }

  @Test
  void refusesInvalidFactors() throws IOException {
    Path model = prune(TestData.model("gptj-f16"), plan(FactoredMode.ALWAYS, "1:mlp:0.75")).out();
    Random random = new Random(1);
    TestCheckpoint c = TestCheckpoint.read(model);
    c.tensors.remove(FC_IN + ".right");
    refused(c, Fault.MISSING_TENSOR, FC_IN + ".right: ", "[16, 64]", "found none");
    c = TestCheckpoint.read(model);
    c.tensors.remove(FC_IN + ".left");
    refused(c, Fault.MISSING_TENSOR, FC_IN + ": ", "expected shape [256, 64], found none");
    c = TestCheckpoint.read(model).random(random, FC_IN + ".left", 1, 256, 17);
    refused(c, Fault.WRONG_SHAPE, FC_IN + ".right: ", "expected shape [17, 64], found [16, 64]");
    for (int[] shape : new int[][] {{255, 16}, {256, 0}, {256, 65}, {256}, {256, 16, 1}}) {
      c = TestCheckpoint.read(model).random(random, FC_IN + ".left", 1, shape);
      refused(c, Fault.WRONG_SHAPE, FC_IN + ".left: ", "expected shape [256, 1 to 64], found [");
    }
    c = TestCheckpoint.read(model).random(random, FC_IN, 1, 256, 64);
    refused(c, Fault.UNEXPECTED_TENSOR, FC_IN + ".left: ");
    c = TestCheckpoint.read(model).random(random, "transformer.ln_f.weight.left", 1, 64, 1);
    refused(c, Fault.UNEXPECTED_TENSOR, "transformer.ln_f.weight.left: ");
    c = TestCheckpoint.read(model).random(random, FC_IN + ".middle", 1, 16, 16);
    refused(c, Fault.UNEXPECTED_TENSOR, FC_IN + ".middle: ");
  }

  @Test
  void refusesInvalidParts() throws IOException {
    Path model =
        prune(TestData.model("gpt2-f32"), plan(FactoredMode.ALWAYS, "1:q_proj:0.75")).out();
    String fused = "h.1.attn.c_attn.weight";
    Random random = new Random(1);
    TestCheckpoint c = TestCheckpoint.read(model);
    int hidden = c.config.get("n_embd").intValue();
    c.tensors.remove(fused + ".k_proj");
    refused(
        c,
        Fault.MISSING_TENSOR,
        fused + ".k_proj: ",
        "expected shape [%d, %d]".formatted(hidden, hidden));
    c = TestCheckpoint.read(model).random(random, fused + ".v_proj", 1, hidden, hidden + 1);
    refused(
        c,
        Fault.WRONG_SHAPE,
        fused + ".v_proj: ",
        "expected shape [%d, %d]".formatted(hidden, hidden));
    c = TestCheckpoint.read(model).random(random, fused + ".fc_in", 1, hidden, hidden);
    refused(c, Fault.UNEXPECTED_TENSOR, fused + ".fc_in: ");
    c = TestCheckpoint.read(model).random(random, fused, 1, hidden, 3 * hidden);
    refused(c, Fault.UNEXPECTED_TENSOR, fused + ".");
  }
}
