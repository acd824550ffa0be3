package rankine.engine.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.ModelException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Editors;
import rankine.engine.edit.FactoredMode;
import rankine.engine.icl.ProgressListener;
import rankine.engine.icl.Scorer.Prefix;
import rankine.engine.icl.Scorer.Query;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.run.SessionScorer;
import rankine.kernels.Backend;
import rankine.kernels.Op;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Shared computation changes no bit: every variant has the scores of a plain run. */
class ActivationReplayTest {
  private static int[] ids(Random random, int n, int vocab) {
    return random.ints(n, 3, vocab).toArray();
  }

  /** Prompts of 1 to 30 ids, 1 to 3 continuations of 1 to 4 ids. */
  private static List<Query> queries(Random random, int count, int vocab) {
    List<Query> queries = new ArrayList<>();
    for (int q = 0; q < count; q++) {
      List<int[]> continuations = new ArrayList<>();
      for (int c = random.nextInt(3); c >= 0; c--) {
        continuations.add(ids(random, 1 + random.nextInt(4), vocab));
      }
      queries.add(new Query(ids(random, 1 + random.nextInt(30), vocab), continuations));
    }
    return queries;
  }

  /** A model with its backend and the texts to score. */
  private record Setup(Model model, Backend backend, int[] prefix, List<Query> queries) {
    ActivationReplay replay(List<Query> texts) {
      return replay(texts, 100_000);
    }

    ActivationReplay replay(List<Query> texts, long bytes) {
      return new ActivationReplay(model, backend, prefix, texts, new ActivationBudget(bytes));
    }

    void advance(ActivationReplay replay, Model variant) {
      replay.advance(
          ProgramLayout.of(model).divergence(ProgramLayout.of(variant)), ProgressListener.NONE);
    }

    Model edited(EditMethod method, String... edits) {
      List<Edit> parsed = List.of(edits).stream().map(Edit::parse).toList();
      EditPlan plan = new EditPlan(parsed, method, FactoredMode.AUTO, 0);
      Decompositions decompositions = new Decompositions(backend, FactorCache.none());
      return EditOverlay.apply(model, parsed, Editors.of(plan, decompositions), backend);
    }

    List<double[]> plainScores(Model variant) {
      try (Session session = new Session(variant, backend)) {
        SessionScorer lm = new SessionScorer(session);
        try (Prefix prefilled = lm.prefill(prefix)) {
          return lm.logLikelihoods(prefilled, queries);
        }
      }
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
      use.with(
          new Setup(
              model,
              backend,
              ids(new Random(1), prefixLength, vocab),
              queries(new Random(2), 8, vocab)));
    }
  }

  private static void assertSame(List<double[]> expected, List<double[]> found, String what) {
    assertEquals(expected.size(), found.size());
    for (int q = 0; q < expected.size(); q++) {
      assertArrayEquals(expected.get(q), found.get(q), what + ", query " + q);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-f32, vector, 28",
    "gptj-f16, vector, 33",
    "gptj-f16, scalar, 33",
    "gptj-f16, vector, 0",
    "llama-bf16, vector, 33",
    "stories260K, vector, 100",
  })
  void scoresOfAnEditOfEveryLayer(String name, String backendName, int prefixLength) {
    open(
        name,
        backendName,
        prefixLength,
        setup -> {
          List<Op> scoring = setup.model.scoringProgram();
          List<double[]> plain = setup.plainScores(setup.model);
          try (ActivationReplay replay = setup.replay(setup.queries);
              ActivationReplay ample = setup.replay(setup.queries, 1 << 28)) {
            assertSame(
                plain,
                replay.scores(setup.model, ProgressListener.NONE),
                "unedited, from the start");
            for (Op op : scoring) {
              if (op instanceof Op.Linear linear && linear.name().contains(".")) {
                String edit = linear.name().replace('.', ':') + ":0.5";
                Model variant = setup.edited(EditMethod.ZERO, edit);
                List<double[]> expected = setup.plainScores(variant);
                setup.advance(replay, variant);
                assertSame(expected, replay.scores(variant, ProgressListener.NONE), edit);
                // With memory for the hoisted operations, which the first of two runs computes.
                setup.advance(ample, variant);
                for (int i = 0; i < 2; i++) {
                  assertSame(expected, ample.scores(variant, ProgressListener.NONE), edit);
                }
                assertSame(
                    plain,
                    replay.scores(setup.model, ProgressListener.NONE),
                    "unedited, at " + edit);
              }
            }
          }
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
          try (ActivationReplay replay = setup.replay(setup.queries)) {
            for (String rate : List.of("0.5", "0.9", "0.99")) {
              Model variant =
                  setup.edited(EditMethod.EXACT, "0:mlp:" + rate, last + ":attn:" + rate);
              setup.advance(replay, variant);
              assertSame(
                  setup.plainScores(variant), replay.scores(variant, ProgressListener.NONE), rate);
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
          try (ActivationReplay replay = setup.replay(setup.queries)) {
            setup.advance(replay, high);
            assertTrue(
                !replay.canReach(ActivationReplay.firstUse(setup.model, Set.of("0.q_proj"))));
            assertTrue(replay.canReach(ActivationReplay.firstUse(setup.model, Set.of("1.fc_out"))));
            setup.advance(replay, low); // does nothing: the activations are past it
            assertThrows(
                IllegalArgumentException.class, () -> replay.scores(low, ProgressListener.NONE));
            assertSame(
                setup.plainScores(high), replay.scores(high, ProgressListener.NONE), "still there");
          }
        });
  }

  @Test
  void textsLongerThanTheContextAreRefused() {
    open(
        "stories260K",
        "vector",
        500,
        setup -> {
          List<Query> fits = List.of(new Query(new int[11], List.of(new int[] {5, 6})));
          setup.replay(fits).close();
          List<Query> tooLong = List.of(new Query(new int[11], List.of(new int[] {5, 6, 7})));
          ModelException e = assertThrows(ModelException.class, () -> setup.replay(tooLong));
          assertEquals(
              "context: expected at most 512 tokens (the model's limit), found 513",
              e.getMessage());
        });
  }
}
