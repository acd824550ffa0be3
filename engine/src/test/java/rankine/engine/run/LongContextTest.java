package rankine.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.model.Model;
import rankine.engine.model.ModelConfig;
import rankine.engine.model.Session;
import rankine.engine.model.TestCheckpoint;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.PromptBatch;
import rankine.engine.replay.Scorer;
import rankine.kernels.KvCache;

/**
 * LongRoPE: sequences past the original length are computed anew with the long factors. The
 * expected values are those of a forward pass in float64, written with NumPy, which gives the
 * golden logits of phi3-f16 without LongRoPE within 5e-6.
 */
class LongContextTest {
  private static final int ORIGINAL = 40;
  private static final int[] IDS =
      IntStream.range(0, 60).map(i -> (7 * i * i + 3 * i + 5) % 196).toArray();

  @TempDir Path folder;

  private LoadedModel open(String backend) throws IOException {
    TestCheckpoint c = TestCheckpoint.golden("phi3-f16");
    c.set("original_max_position_embeddings", Integer.toString(ORIGINAL));
    c.set(
        "rope_scaling",
        "{\"type\": \"longrope\", \"short_factor\": [1,1.1,1.2,1.3,1.4,1.5],"
            + " \"long_factor\": [2,2.5,3,4,5,6]}");
    return LoadedModel.open(c.write(folder), new BackendOptions(backend, 0, 1));
  }

  private static void starts(double[] expected, LoadedModel loaded, int length) {
    float[] found = NextTokenLogits.after(loaded, Arrays.copyOf(IDS, length), 0).logits();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4 * Math.max(1, Math.abs(expected[i])));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void theLengthChoosesTheFactors(String backend) throws IOException {
    try (LoadedModel loaded = open(backend)) {
      starts(new double[] {1.461616, 1.511573, 3.185519, 1.213624, 2.804067, 0.300436}, loaded, 36);
      starts(
          new double[] {1.384228, 0.656356, -3.893508, -0.862689, -0.197473, 1.327189},
          loaded,
          ORIGINAL + 1);
      starts(
          new double[] {2.336672, -0.190057, -0.139317, -0.882018, 1.639592, 2.353356}, loaded, 60);
    }
  }

  /** With the short factors, or the cache that they filled, the sixth id on would be others. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void aTextThatGrowsPastTheOriginalLengthIsComputedAnew(String backend) throws IOException {
    int[] prompt = Arrays.copyOf(IDS, 36);
    int[] expected = {158, 136, 30, 125, 101, 155, 30, 159, 141, 137, 69, 69};
    try (LoadedModel loaded = open(backend)) {
      assertArrayEquals(expected, NextTokenLogits.after(loaded, prompt, 12).greedy());
      GenerationConfig config = new GenerationConfig(12, 0, 0);
      assertArrayEquals(expected, GeneratedText.run(loaded, prompt, config, _ -> {}).ids());
      GenerationConfig drawn = new GenerationConfig(12, 1e-9, 3);
      assertArrayEquals(expected, GeneratedText.run(loaded, prompt, drawn, _ -> {}).ids());
    }
  }

  @Test
  void theContextEndsAtTheLongerOne() throws IOException {
    try (LoadedModel loaded = open("vector")) {
      int[] most = Arrays.copyOf(IDS, 128);
      assertEquals(1, NextTokenLogits.after(loaded, most, 5).greedy().length);
      ModelException e =
          assertThrows(
              ModelException.class,
              () -> NextTokenLogits.after(loaded, Arrays.copyOf(IDS, 129), 0));
      assertEquals(
          "context: expected at most 128 tokens (the model's limit), found 129", e.getMessage());
    }
  }

  @Test
  void editsHoldForLongSequencesToo() throws IOException {
    try (LoadedModel loaded = open("vector")) {
      EditPlan zero =
          new EditPlan(List.of(Edit.parse("1:mlp:0.5")), EditMethod.ZERO, FactoredMode.AUTO, 0);
      float[] plain = NextTokenLogits.after(loaded, IDS, 0).logits();
      float[] edited = NextTokenLogits.after(loaded.edited(zero), IDS, 0).logits();
      assertFalse(Arrays.equals(plain, edited));
    }
  }

  /**
   * Prompts and continuations on both sides of the original length, with a prefix in common: each
   * is scored as if it were alone, token by token, with the factors of its own length.
   */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void eachContinuationIsScoredWithTheFactorsOfItsLength(String backend) throws IOException {
    try (LoadedModel loaded = open(backend)) {
      List<Prompt> prompts =
          List.of(
              new Prompt(ids(0, 37), List.of(ids(37, 38), ids(37, 41), ids(37, 42))),
              new Prompt(ids(0, ORIGINAL), List.of(ids(40, 41), ids(40, 43))),
              new Prompt(ids(0, 59), List.of(ids(59, 60))),
              new Prompt(ids(5, 15), List.of(ids(15, 17))));
      List<double[]> scores = scores(loaded, loaded, prompts, 0);
      for (int i = 0; i < prompts.size(); i++) {
        Prompt prompt = prompts.get(i);
        for (int c = 0; c < prompt.continuations().size(); c++) {
          int[] continuation = prompt.continuations().get(c);
          int read = prompt.ids().length + continuation.length - 1;
          Model within = loaded.original();
          Model beyond = within.forLongSequences().orElseThrow();
          double expected = alone(loaded, read > ORIGINAL ? beyond : within, prompt, continuation);
          double other = alone(loaded, read > ORIGINAL ? within : beyond, prompt, continuation);
          assertEquals(expected, scores.get(i)[c], 1e-4 * Math.max(1, Math.abs(expected)));
          assertTrue(Math.abs(expected - other) > 1e-3, "the factors can be told apart");
        }
      }
    }
  }

  /** What edited models share does not change their scores. */
  @Test
  void editedModelsShareWhatPrecedesTheEdit() throws IOException {
    List<Prompt> prompts =
        List.of(
            new Prompt(ids(0, 37), List.of(ids(37, 38), ids(37, 48))),
            new Prompt(ids(0, 59), List.of(ids(59, 60))));
    EditPlan zero =
        new EditPlan(List.of(Edit.parse("1:mlp:0.5")), EditMethod.ZERO, FactoredMode.AUTO, 0);
    try (LoadedModel loaded = open("vector")) {
      LoadedModel edited = loaded.edited(zero);
      int op = Scorer.firstUse(loaded.original(), Set.of("1.fc_in", "1.fc_up", "1.fc_out"));
      List<double[]> shared = scores(loaded, edited, prompts, op);
      List<double[]> fresh = scores(edited, edited, prompts, 0);
      for (int i = 0; i < prompts.size(); i++) {
        assertArrayEquals(fresh.get(i), shared.get(i));
      }
    }
  }

  private static int[] ids(int from, int to) {
    return Arrays.copyOfRange(IDS, from, to);
  }

  private static List<double[]> scores(
      LoadedModel base, LoadedModel variant, List<Prompt> prompts, int op) {
    try (LengthScorer scorer =
        new LengthScorer(
            base.model(),
            base.backend().backend(),
            new PromptBatch(ids(0, 20), prompts, 0),
            new ActivationBudget(1 << 24))) {
      scorer.advance(op, ProgressListener.NONE);
      return scorer.scores(variant.model(), ProgressListener.NONE);
    }
  }

  /** The log-likelihood of a continuation, token by token, whatever the length. */
  private static double alone(LoadedModel loaded, Model model, Prompt prompt, int[] continuation) {
    Model unlimited = model.forLongSequences().isPresent() ? lengthened(model) : model;
    double sum = 0;
    try (Session session = new Session(unlimited, loaded.backend().backend());
        KvCache cache = session.sequence()) {
      float[] logits = session.logits(cache, prompt.ids());
      for (int i = 0; i < continuation.length; i++) {
        double total = 0;
        for (float logit : logits) {
          total += Math.exp(logit);
        }
        sum += logits[continuation[i]] - Math.log(total);
        if (i + 1 < continuation.length) {
          logits = session.logits(cache, new int[] {continuation[i]});
        }
      }
    }
    return sum;
  }

  /** The short factors beyond their length. */
  private static Model lengthened(Model model) {
    ModelConfig c = model.config();
    ModelConfig longer =
        new ModelConfig(
            c.architecture(),
            c.layers(),
            c.hiddenSize(),
            c.heads(),
            c.kvHeads(),
            c.headDim(),
            c.intermediateSize(),
            c.vocabSize(),
            model.longestContext());
    return new Model(
        longer, model.embedding(), model.layers(), model.head(), model.logits(), Optional.empty());
  }

  /** A KV cache has keys of one set of factors, so a session stays within the first. */
  @Test
  void aSessionRefusesAndSaysWhatTakesMore() throws IOException {
    try (LoadedModel loaded = open("vector");
        Session session = loaded.session();
        KvCache cache = session.sequence()) {
      ModelException e = assertThrows(ModelException.class, () -> session.append(cache, IDS));
      assertEquals(
          "context: expected at most 40 tokens (LongRoPE's short factors; logits and generate take"
              + " 128), found 60",
          e.getMessage());
    }
  }
}
