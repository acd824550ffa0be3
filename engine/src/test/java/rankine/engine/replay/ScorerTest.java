package rankine.engine.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

/** Shared computation changes no bit: every variant has the scores of one prompt at a time. */
class ScorerTest {
  private static int[] ids(Random random, int n, int vocab) {
    return random.ints(n, 3, vocab).toArray();
  }

  private static int[] join(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  /** Prefix and 1 to 30 ids, 1 to 3 continuations of 1 to 4 ids. */
  private static List<Prompt> prompts(int[] prefix, Random random, int count, int vocab) {
    List<Prompt> prompts = new ArrayList<>();
    for (int q = 0; q < count; q++) {
      List<int[]> continuations = new ArrayList<>();
      for (int c = random.nextInt(3); c >= 0; c--) {
        continuations.add(ids(random, 1 + random.nextInt(4), vocab));
      }
      int[] rest = ids(random, 1 + random.nextInt(30), vocab);
      prompts.add(new Prompt(join(prefix, rest), continuations));
    }
    // As a left-truncated prompt: it does not begin with the prefix.
    prompts.add(3, new Prompt(ids(random, 40, vocab), List.of(new int[] {7}, new int[] {8, 9})));
    return prompts;
  }

  /** A model with its backend and the texts to score. */
  private record Setup(Model model, Backend backend, int[] prefix, List<Prompt> prompts) {
    Scorer scorer() {
      return scorer(100_000);
    }

    Scorer scorer(long bytes) {
      return new Scorer(model, backend, TokenTree.of(prefix, prompts), new ActivationBudget(bytes));
    }

    /** With keys and values of one layer in memory at a time. */
    Scorer scorerByLayer() {
      return new Scorer(
          model, backend, TokenTree.of(prefix, prompts), new ActivationBudget(100_000), 64, 1);
    }

    void advance(Scorer scorer, Model variant) {
      advance(scorer, variant, ProgressListener.NONE);
    }

    void advance(Scorer scorer, Model variant, ProgressListener progress) {
      scorer.advance(ProgramLayout.of(model).divergence(ProgramLayout.of(variant)), progress);
    }

    Model edited(EditMethod method, String... edits) {
      List<Edit> parsed = List.of(edits).stream().map(Edit::parse).toList();
      EditPlan plan = new EditPlan(parsed, method, FactoredMode.AUTO, 0);
      Decompositions decompositions = new Decompositions(backend, FactorCache.none());
      return EditOverlay.apply(model, parsed, MatrixEditor.of(plan, decompositions), backend);
    }

    List<double[]> naiveScores(Model variant) {
      return NaiveScorer.scores(variant, backend, prompts);
    }
  }

  private interface Use {
    void with(Setup setup);
  }

  private static void open(String name, String backendName, int prefixLength, Use use) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(name));
        Backend backend =
            backendName.equals("scalar") ? CpuBackend.scalar(2) : CpuBackend.vector(2)) {
      Model model = Architectures.load(checkpoint, backend);
      int vocab = model.config().vocabSize();
      int[] prefix = ids(new Random(1), prefixLength, vocab);
      use.with(new Setup(model, backend, prefix, prompts(prefix, new Random(2), 4, vocab)));
    }
  }

  private static void assertSame(List<double[]> expected, List<double[]> found, String what) {
    assertEquals(expected.size(), found.size());
    for (int q = 0; q < expected.size(); q++) {
      assertArrayEquals(expected.get(q), found.get(q), what + ", prompt " + q);
    }
  }

  /** Attention and MLP one after the other, and side by side; a shared prefix, and none. */
  @ParameterizedTest
  @CsvSource({"gpt2-f32, vector, 28", "gptj-f16, vector, 0"})
  void scoresOfAnEditOfEveryLayer(String name, String backendName, int prefixLength) {
    assertScoresOfAnEditOfEveryLayer(name, backendName, prefixLength);
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({
    "gptj-f16, vector, 33",
    "gptj-f16, scalar, 7",
    "llama-bf16, vector, 33",
    "stories260K, vector, 100",
  })
  void scoresOfAnEditOfEveryLayerOfMoreModels(String name, String backendName, int prefixLength) {
    assertScoresOfAnEditOfEveryLayer(name, backendName, prefixLength);
  }

  private static void assertScoresOfAnEditOfEveryLayer(
      String name, String backendName, int prefixLength) {
    open(
        name,
        backendName,
        prefixLength,
        setup -> {
          List<Op> scoring = setup.model.scoringProgram();
          List<double[]> plain = setup.naiveScores(setup.model);
          try (Scorer scorer = setup.scorer();
              Scorer ample = setup.scorer(1 << 28)) {
            assertSame(
                plain,
                scorer.scores(setup.model, ProgressListener.NONE),
                "unedited, from the start");
            for (Op op : scoring) {
              if (op instanceof Op.Linear linear && linear.name().contains(".")) {
                String edit = linear.name().replace('.', ':') + ":0.5";
                Model variant = setup.edited(EditMethod.ZERO, edit);
                List<double[]> expected = setup.naiveScores(variant);
                setup.advance(scorer, variant);
                assertSame(expected, scorer.scores(variant, ProgressListener.NONE), edit);
                // With memory for the hoisted operations, which the first of two runs computes.
                setup.advance(ample, variant);
                for (int i = 0; i < 2; i++) {
                  assertSame(expected, ample.scores(variant, ProgressListener.NONE), edit);
                }
                assertSame(
                    plain,
                    scorer.scores(setup.model, ProgressListener.NONE),
                    "unedited, at " + edit);
              }
            }
          }
        });
  }

  /** Fewer layers per step change no score, and the progress never goes back. */
  @ParameterizedTest
  @ValueSource(strings = {"stories260K", "llama-bf16", "gptj-f16"})
  void advancesByLayer(String name) {
    open(
        name,
        "vector",
        33,
        setup -> {
          int last = setup.model.layers().size() - 1;
          Model variant = setup.edited(EditMethod.ZERO, last + ":mlp:0.5");
          List<Integer> whole = new ArrayList<>();
          List<Integer> byLayer = new ArrayList<>();
          try (Scorer scorer = setup.scorer();
              Scorer steps = setup.scorerByLayer()) {
            setup.advance(scorer, variant, (done, total) -> whole.add(done));
            setup.advance(steps, variant, (done, total) -> byLayer.add(done));
            assertSame(
                setup.naiveScores(variant), steps.scores(variant, ProgressListener.NONE), name);
          }
          assertEquals(byLayer.stream().sorted().toList(), byLayer);
          assertEquals(setup.prompts.size(), byLayer.getLast());
          assertTrue(byLayer.size() > whole.size(), byLayer + " and " + whole);
        });
  }

  @Test
  void factoredEditsOfSeveralLayers() {
    open(
        "gptj-f16",
        "vector",
        40,
        setup -> {
          int last = setup.model.layers().size() - 1;
          try (Scorer scorer = setup.scorer()) {
            for (String rate : List.of("0.5", "0.9", "0.99")) {
              Model variant =
                  setup.edited(EditMethod.EXACT, "0:mlp:" + rate, last + ":attn:" + rate);
              setup.advance(scorer, variant);
              assertSame(
                  setup.naiveScores(variant), scorer.scores(variant, ProgressListener.NONE), rate);
            }
          }
        });
  }

  @Test
  void editsBeforeThePositionAreRefused() {
    open(
        "gptj-f16",
        "vector",
        5,
        setup -> {
          Model low = setup.edited(EditMethod.ZERO, "0:q_proj:0.5");
          Model high = setup.edited(EditMethod.ZERO, "1:fc_in:0.5");
          try (Scorer scorer = setup.scorer()) {
            setup.advance(scorer, high);
            assertTrue(!scorer.canReach(Scorer.firstUse(setup.model, Set.of("0.q_proj"))));
            assertTrue(scorer.canReach(Scorer.firstUse(setup.model, Set.of("1.fc_out"))));
            setup.advance(scorer, low); // does nothing: the activations are past it
            assertThrows(
                IllegalArgumentException.class, () -> scorer.scores(low, ProgressListener.NONE));
            assertSame(
                setup.naiveScores(high), scorer.scores(high, ProgressListener.NONE), "still there");
          }
        });
  }
}
