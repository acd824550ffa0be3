package rankine.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.ModelException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Input checks of a session: a rejected call leaves the sequence unchanged. */
class SessionTest {
  private Checkpoint checkpoint;
  private Backend backend;
  private Model model;

  @BeforeEach
  void open() {
    checkpoint = Checkpoint.open(TestData.model("gpt2-f32"));
    backend = CpuBackend.scalar(1);
    model = Architectures.load(checkpoint, backend);
  }

  @AfterEach
  void close() {
    backend.close();
    checkpoint.close();
  }

  private static String refused(Executable action) {
    return assertThrows(ModelException.class, action).getMessage();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 512})
  void contextLengthIsTheLimit(int chunk) {
    try (Session session = new Session(model, backend, chunk, Session.SCORING_ROWS);
        KvCache cache = session.sequence()) {
      session.append(cache, new int[63]);
      float[] last = session.logits(cache, new int[] {9});
      assertEquals(64, cache.length());
      assertEquals(
          "context: expected at most 64 tokens (the model's limit), found 65",
          refused(() -> session.logits(cache, new int[] {9})));
      assertEquals(64, cache.length());
      int[] full = new int[64];
      full[63] = 9;
      try (KvCache other = session.sequence()) {
        assertArrayEquals(last, session.logits(other, full));
      }
    }
  }

  @Test
  void tooLongPromptAppendsNothing() {
    try (Session session = new Session(model, backend, 8, Session.SCORING_ROWS);
        KvCache cache = session.sequence()) {
      assertTrue(refused(() -> session.append(cache, new int[65])).contains("found 65"));
      assertTrue(refused(() -> session.logits(cache, new int[1 << 20])).contains("found 1048576"));
      assertTrue(refused(() -> session.greedy(cache, new int[65])).contains("found 65"));
      Batch batch = new Batch(List.of(new Batch.Sequence(cache, new int[65])), new int[] {64});
      assertTrue(
          refused(() -> session.logProbabilities(batch, new int[][] {{1}})).contains("found 65"));
      assertEquals(0, cache.length());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 307, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void unknownTokenId(int id) {
    try (Session session = new Session(model, backend, 2, Session.SCORING_ROWS);
        KvCache cache = session.sequence()) {
      String expected = "token id: expected 0 to 306 (vocab_size 307), found " + id;
      int[] ids = {1, 2, 3, id};
      assertEquals(expected, refused(() -> session.logits(cache, ids)));
      assertEquals(expected, refused(() -> session.greedy(cache, ids)));
      assertEquals(expected, refused(() -> session.append(cache, ids)));
      assertEquals(0, cache.length(), "an append is atomic");
    }
  }

  @Test
  void emptyPrompt() {
    try (Session session = new Session(model, backend);
        KvCache cache = session.sequence()) {
      String expected = "prompt: expected at least one token, found none";
      assertEquals(expected, refused(() -> session.logits(cache, new int[0])));
      assertEquals(expected, refused(() -> session.greedy(cache, new int[0])));
      session.append(cache, new int[0]);
      assertEquals(0, cache.length());
    }
  }

  @Test
  void unknownTarget() {
    try (Session session = new Session(model, backend);
        KvCache cache = session.sequence()) {
      Batch batch = new Batch(List.of(new Batch.Sequence(cache, new int[] {1})), new int[] {0});
      assertEquals(
          "token id: expected 0 to 306 (vocab_size 307), found 307",
          refused(() -> session.logProbabilities(batch, new int[][] {{3, 307}})));
      assertEquals(0, cache.length());
    }
  }

  /** Sequences of random lengths, forked at random positions, equal sequences without forks. */
  @Test
  void forksGiveTheSameBits() {
    Random random = new Random(11);
    try (Session session = new Session(model, backend)) {
      for (int trial = 0; trial < 20; trial++) {
        int[] ids = random.ints(2 + random.nextInt(60), 0, 307).toArray();
        int cut = random.nextInt(ids.length);
        float[] alone;
        try (KvCache cache = session.sequence()) {
          alone = session.logits(cache, ids);
        }
        try (KvCache parent = session.sequence()) {
          session.append(parent, Arrays.copyOf(ids, cut));
          try (KvCache fork = parent.fork();
              KvCache sibling = parent.fork()) {
            session.append(sibling, random.ints(64 - cut, 0, 307).toArray());
            int[] rest = Arrays.copyOfRange(ids, cut, ids.length);
            assertArrayEquals(alone, session.logits(fork, rest), "cut " + cut);
          }
          // A fork from fewer positions continues from those.
          int fewer = random.nextInt(cut + 1);
          try (KvCache fork = parent.fork(fewer)) {
            int[] rest = Arrays.copyOfRange(ids, fewer, ids.length);
            assertArrayEquals(alone, session.logits(fork, rest), "of " + cut + ", " + fewer);
          }
          // A fork does not affect the parent.
          int[] rest = Arrays.copyOfRange(ids, cut, ids.length);
          assertArrayEquals(alone, session.logits(parent, rest), "parent, cut " + cut);
        }
      }
    }
  }
}
