package rankine.engine.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.kernels.Backend;
import rankine.kernels.Op;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/**
 * The operations of a block that an edit leaves unchanged, according to the architectures' papers.
 */
class HoistedSuffixTest {
  @ParameterizedTest
  @CsvSource({
    // Parallel branches: attention and MLP read one norm.
    "gptj-f16, 1:attn, 1.fc_in Activation",
    "gptj-f16, 1:out_proj, 1.fc_in Activation",
    "gptj-f16, 1:q_proj, 1.k_proj 1.v_proj Rotary 1.fc_in Activation",
    "gptj-f16, 1:mlp, ''",
    // Sequential: the MLP follows attention.
    "gpt2-f32, 1:attn, ''",
    "gpt2-f32, 1:fc_in, ''",
    "llama-bf16, 1:attn, ''",
    "llama-bf16, 1:fc_in, 1.fc_up",
    // The last block: after the append to the KV cache only logit rows continue.
    "gptj-f16, 3:attn, ''",
  })
  void operationsHoistedPastAnEdit(String name, String edit, String expected) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend = CpuBackend.vector(1)) {
      Model model = Architectures.load(checkpoint, backend);
      EditPlan plan =
          new EditPlan(List.of(Edit.parse(edit + ":0.5")), EditMethod.ZERO, FactoredMode.AUTO, 0);
      Decompositions decompositions = new Decompositions(backend, FactorCache.none());
      Model variant =
          EditOverlay.apply(model, plan.edits(), MatrixEditor.of(plan, decompositions), backend);
      ProgramLayout base = ProgramLayout.of(model);
      int from = base.divergence(ProgramLayout.of(variant));
      HoistedSuffix suffix = HoistedSuffix.of(base.ops(), variant.scoringProgram(), from);
      assertEquals(
          expected, String.join(" ", suffix.ops().stream().map(HoistedSuffixTest::name).toList()));
      List<Op> all = new ArrayList<>(suffix.ops());
      all.addAll(suffix.rest());
      assertEquals(variant.scoringProgram().size(), all.size(), "each once");
    }
  }

  private static String name(Op op) {
    return op instanceof Op.Linear linear ? linear.name() : op.getClass().getSimpleName();
  }
}
