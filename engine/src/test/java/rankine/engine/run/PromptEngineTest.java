package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.RunException;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationResult;
import rankine.engine.icl.Task;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;
import rankine.testdata.TestData;

/** An evaluation whose prompts another process runs, in parts, is the same to the bit. */
class PromptEngineTest {
  private static final BackendOptions CPU = new BackendOptions("vector", 0, 2);

  private static final EditPlan PLAN =
      new EditPlan(List.of(Edit.parse("1:mlp:0.5")), EditMethod.EXACT, FactoredMode.AUTO, 0);

  /** Runs what arrives by serialization, by a model of its own. */
  private record ElsewhereEngine(LoadedModel edited, int size) implements PromptEngine {
    @Override
    public ModelOutput output(PromptBatch prompts, ProgressListener progress) {
      List<ModelOutput> outputs = new ArrayList<>();
      for (PromptBatch part : prompts.parts(size)) {
        assertTrue(part.prompts().size() <= size);
        outputs.add(copy(Evaluator.output(edited, copy(part), progress)));
      }
      return ModelOutput.concat(outputs);
    }

    @Override
    public ObjectNode backend() {
      return Manifest.backend(edited);
    }
  }

  @SuppressWarnings("unchecked") // what was written is read
  private static <T> T copy(T object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
      out.flush();
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        return (T) in.readObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"cb, 7, 3", "copa, 4, 1", "winogrande, 4, 3", "squad, 3, 2"})
  void partsElsewhereGiveTheSameResult(String name, int limit, int size) {
    EvaluationRequest request =
        new EvaluationRequest(
            Task.load(name), TestData.task(name), EvaluationOptions.DEFAULT.withLimit(limit));
    try (LoadedModel here = LoadedModel.open(TestData.model("stories260K"), CPU);
        LoadedModel there = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      TaskPrompts prompts = request.prompts(here);
      EvaluationResult whole = Evaluator.once(here.edited(PLAN), prompts, ProgressListener.NONE);
      PromptEngine engine = new ElsewhereEngine(there.edited(PLAN), size);
      EvaluationResult inParts = Evaluator.once(here, PLAN, prompts, engine, ProgressListener.NONE);
      assertEquals(whole.predictions(), inParts.predictions());
      assertEquals(whole.toJson().toString(), inParts.toJson().toString());
    }
  }

  @Test
  void anotherModelIsRefused() {
    try (LoadedModel one = LoadedModel.open(TestData.model("stories260K"), CPU);
        LoadedModel other = LoadedModel.open(TestData.demo().resolve("overfitted"), CPU)) {
      ModelIdentity expected = ModelIdentity.of(one, PLAN);
      expected.requireSame(copy(ModelIdentity.of(one, PLAN)));
      refused(expected, ModelIdentity.of(other, PLAN), "checkpoint: expected ");
      refused(expected, ModelIdentity.of(one, EditPlan.NONE), "edits: expected [{\"edit\":\"1:mlp");
    }
  }

  /** A calibration text counts by its content: a copy elsewhere is the same. */
  @Test
  void aCopyOfTheCalibrationTextIsTheSame(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "once upon a time");
    Path copy = Files.writeString(folder.resolve("b.txt"), "once upon a time");
    Path another = Files.writeString(folder.resolve("c.txt"), "once upon a tree");
    try (LoadedModel loaded = LoadedModel.open(TestData.model("stories260K"), CPU)) {
      ModelIdentity expected = ModelIdentity.of(loaded, whitened(text));
      expected.requireSame(ModelIdentity.of(loaded, whitened(copy)));
      refused(expected, ModelIdentity.of(loaded, whitened(another)), "edits: expected ");
    }
  }

  private static EditPlan whitened(Path text) {
    return new EditPlan(
        PLAN.edits(),
        EditMethod.WHITENED,
        FactoredMode.AUTO,
        PLAN.sketch(),
        Optional.of(Calibration.of(text, 4, 1, Calibration.Sequential.NONE, 0.5)));
  }

  private static void refused(ModelIdentity expected, ModelIdentity found, String message) {
    String text = assertThrows(RunException.class, () -> expected.requireSame(found)).getMessage();
    assertTrue(text.startsWith(message), text);
  }
}
