package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rankine.common.BackendException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.Replacement;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Whole models on the device: golden logits, transfers, compilations and memory. */
class ModelTest {
  private static final long MEMORY = 64L << 20;

  /** Every architecture and storage type on one backend, for several chunk lengths. */
  @Test
  void goldenLogits() throws IOException {
    List<Path> folders;
    try (Stream<Path> models = Files.list(TestData.model("gpt2-f32").getParent())) {
      folders = models.sorted().toList();
    }
    assertTrue(folders.size() >= 17, "sixteen architectures and one trained model");
    try (TornadoBackend backend = OnDevice.open(MEMORY, 1000000)) {
      for (Path folder : folders) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
          golden(folder.getFileName().toString(), checkpoint, backend);
        }
      }
      longContext(backend);
    }
  }

  /** Tokens around the first split against the scalar backend, after a prompt in one chunk. */
  private static void longContext(TornadoBackend backend) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("llama-bf16"));
        CpuBackend scalar = CpuBackend.scalar(2)) {
      Model model = Architectures.load(checkpoint, backend);
      int prompt = (AttentionKernels.MIN_SPLIT_BLOCKS - 1) * OpEncoding.BLOCK - 2;
      int[] ids = new Random(5).ints(prompt + 5, 0, model.config().vocabSize()).toArray();
      try (Session session = new Session(model, backend);
          KvCache cache = session.sequence();
          Session expected = new Session(Architectures.load(checkpoint, scalar), scalar);
          KvCache right = expected.sequence()) {
        for (int from = 0; from < ids.length; from = Math.max(prompt, from + 1)) {
          int[] next = Arrays.copyOfRange(ids, from, Math.max(prompt, from + 1));
          assertClose(
              "llama, position " + from, expected.logits(right, next), session.logits(cache, next));
        }
      }
    }
  }

  /**
   * The same where the driver allocates 3 MB at most: weights of every type, keys and values are in
   * several arrays.
   */
  @Test
  void goldenLogitsFromSeveralArrays() throws IOException {
    try (Checkpoint f16 = Checkpoint.open(TestData.model("gptj-f16"));
        Checkpoint bf16 = Checkpoint.open(TestData.model("llama-bf16"));
        Checkpoint f32 = Checkpoint.open(TestData.model("gpt2-f32"));
        TornadoBackend backend = OnDevice.open(MEMORY, 1000000, 3 << 20)) {
      for (Checkpoint checkpoint : List.of(f16, bf16, f32)) {
        Architectures.load(checkpoint, backend); // the device opens for all of them
      }
      golden("gptj-f16", f16, backend);
      golden("llama-bf16", bf16, backend);
      golden("gpt2-f32", f32, backend);
      DeviceMemory memory = backend.device().memory();
      assertTrue(memory.halfSpaces().size() > 1);
      assertTrue(memory.halfSpaces().stream().allMatch(s -> s.used() > 0));
      assertEquals(DeviceMemory.ARRAYS, memory.floatSpaces().size());
      assertTrue(memory.floatSpaces().stream().allMatch(s -> s.used() > 0));
      Model model = Architectures.load(f16, backend);
      long weights = beyondFirst(memory);
      try (Session session = new Session(model, backend);
          KvCache cache = session.sequence()) {
        session.logits(cache, new int[] {1, 2, 3});
        assertTrue(beyondFirst(memory) > weights, "keys and values");
        Device.Traffic before = backend.traffic();
        session.greedy(cache, new int[] {4});
        // As in onlyIdsAndScoresCross; ids and argmax.
        assertEquals(
            5L * model.layers().size() + 1 + 3 + 1 + 3 + 2,
            backend.traffic().since(before).kernels(),
            "launches for a token");
      }
    }
  }

  private static long beyondFirst(DeviceMemory memory) {
    return memory.floatSpaces().stream().skip(1).mapToLong(FreeList::used).sum();
  }

  private static void golden(String name, Checkpoint checkpoint, TornadoBackend backend)
      throws IOException {
    Model model = Architectures.load(checkpoint, backend);
    for (DeviceGolden.GoldenPrompt golden : DeviceGolden.cases(name)) {
      golden(name, model, backend, golden);
    }
  }

  private static void golden(
      String name, Model model, TornadoBackend backend, DeviceGolden.GoldenPrompt golden) {
    float[] few = null;
    for (int chunk : new int[] {512, 7, 3, 2}) {
      try (Session session = new Session(model, backend, chunk, 1);
          KvCache cache = session.sequence()) {
        float[] logits = session.logits(cache, golden.ids());
        assertClose(name, golden.lastLogits(), logits);
        if (chunk == 3) {
          few = logits;
        } else if (chunk == 2) {
          // All rows by the kernels for few rows: the same bits.
          assertArrayEquals(few, logits, name + " in chunks of " + chunk);
        }
      }
    }
    try (Session session = new Session(model, backend);
        KvCache cache = session.sequence()) {
      int[] greedy = new int[golden.greedy().length];
      int[] next = golden.ids();
      for (int i = 0; i < greedy.length; i++) {
        greedy[i] = session.greedy(cache, next);
        next = new int[] {greedy[i]};
      }
      assertArrayEquals(golden.greedy(), greedy, name);
    }
  }

  private static void assertClose(String name, float[] expected, float[] found) {
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) {
      double tolerance = 1e-3 * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], found[i], tolerance, name + ", logit " + i);
    }
  }

  /**
   * After the first prompt the profiler counts token ids and their encoding to the device, and
   * log-probabilities to the host: far less than any weight or activation.
   */
  @Test
  void onlyIdsAndScoresCross() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        TornadoBackend backend = OnDevice.open(MEMORY, 0);
        CpuBackend scalar = CpuBackend.scalar(2)) {
      Model model = Architectures.load(checkpoint, backend);
      Model oracle = Architectures.load(checkpoint, scalar);
      int[][] targets = {{3, 200}, {17}};
      try (Session session = new Session(model, backend);
          Session expected = new Session(oracle, scalar)) {
        score(session, 40, targets, 1);
        Device.Traffic before = backend.traffic();
        double[][] scores = score(session, 40, targets, 2);
        Device.Traffic prompt = backend.traffic().since(before);
        assertEquals(0, prompt.compiled());
        // Per execution the control array of 20 ints with its header of 16 bytes; per kernel 24
        // bytes of TornadoVM's own.
        long fixed = prompt.executions() * (16 + 4 * OpEncoding.CONTROL) + prompt.kernels() * 24;
        // 40 tokens of 5 ints and the block list fit the array of 512; three targets that of 64.
        long ids = 16 + 4 * 512 + 16 + 4 * 64;
        assertEquals(fixed + ids, prompt.bytesIn());
        assertEquals(16 + 4 * 64, prompt.bytesOut(), "the array of scores");
        // One for the ids, one per layer and one for the rest, one for targets and one for scores.
        assertEquals(model.layers().size() + 4, prompt.executions());
        // Five a layer: norm; queries, keys, values and the MLP's input; rotary and append;
        // attention; its output and the MLP's, which add to the same slot. The last layer runs on
        // logit rows after three gathers, its MLP's input and output by themselves. Embedding, norm
        // and head; three transfers.
        assertEquals(5L * model.layers().size() + 1 + 3 + 1 + 3 + 3, prompt.kernels());
        double[][] right = score(expected, 40, targets, 2);
        for (int i = 0; i < targets.length; i++) {
          assertArrayEquals(right[i], scores[i], 1e-4);
        }
      }
    }
  }

  /**
   * From the first split on, each layer has one launch more. Forks make the blocks: each starts a
   * new one.
   */
  @Test
  void splitContext() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        TornadoBackend backend = OnDevice.open(MEMORY, 0);
        CpuBackend scalar = CpuBackend.scalar(2)) {
      Model model = Architectures.load(checkpoint, backend);
      Model oracle = Architectures.load(checkpoint, scalar);
      Device.Traffic[] steps = new Device.Traffic[AttentionKernels.MIN_SPLIT_BLOCKS + 2];
      List<KvCache> caches = new ArrayList<>();
      try (Session session = new Session(model, backend);
          Session expected = new Session(oracle, scalar);
          KvCache right = expected.sequence()) {
        caches.add(session.sequence());
        for (int blocks = 1; blocks < steps.length; blocks++) {
          int[] next = {7 * blocks, 3};
          Device.Traffic before = backend.traffic();
          float[] logits = session.logits(caches.getLast(), next);
          steps[blocks] = backend.traffic().since(before);
          assertClose(blocks + " blocks", expected.logits(right, next), logits);
          caches.add(caches.getLast().fork());
        }
        caches.forEach(KvCache::close);
      }
      Device.Traffic whole = steps[AttentionKernels.MIN_SPLIT_BLOCKS - 1];
      Device.Traffic split = steps[AttentionKernels.MIN_SPLIT_BLOCKS + 1];
      int layers = model.layers().size();
      assertEquals(whole.executions(), split.executions());
      assertEquals(whole.kernels() + layers, split.kernels());
      // Tokens, logit rows and block list still fit the array of 64; 24 bytes for each kernel.
      assertEquals(whole.bytesIn() + 24L * layers, split.bytesIn());
      assertEquals(whole.bytesOut(), split.bytesOut());
      assertTrue(steps[AttentionKernels.MIN_SPLIT_BLOCKS].compiled() > 0, "the first split");
      assertEquals(0, whole.compiled() + split.compiled());
    }
  }

  /** A program that ran often is one graph: a token has its ids, the program and the argmax. */
  @Test
  void wholeProgramAsOneGraph() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        TornadoBackend backend = OnDevice.openForPrograms(MEMORY, 0)) {
      Model model = Architectures.load(checkpoint, backend);
      DeviceGolden.GoldenPrompt golden = DeviceGolden.cases("gptj-f16").getFirst();
      try (Session session = new Session(model, backend);
          KvCache cache = session.sequence()) {
        int next = session.greedy(cache, golden.ids());
        for (int i = 0; i < golden.greedy().length; i++) {
          assertEquals(golden.greedy()[i], next, "token " + i);
          Device.Traffic before = backend.traffic();
          next = session.greedy(cache, new int[] {next});
          Device.Traffic token = backend.traffic().since(before);
          assertEquals(5L * model.layers().size() + 1 + 3 + 1 + 3 + 2, token.kernels());
          assertEquals(3, token.executions(), "token " + i);
        }
      }
    }
  }

  private static double[][] score(Session session, int tokens, int[][] targets, int seed) {
    int vocabulary = session.model().config().vocabSize();
    int[] ids = new Random(seed).ints(tokens, 0, vocabulary).toArray();
    try (KvCache cache = session.sequence()) {
      Batch batch =
          new Batch(List.of(new Batch.Sequence(cache, ids)), new int[] {tokens - 2, tokens - 1});
      return session.logProbabilities(batch, targets);
    }
  }

  /** Edits of random rank; a leak would fill the memory after a few dozen of them. */
  @Test
  void editsCompileNothingAndLeakNoMemory() throws IOException {
    Random random = new Random(3);
    MatrixEditor editor =
        (name, w, rate) -> {
          int rank = 1 + random.nextInt(Math.min(w.rows(), w.cols()));
          return new Replacement.FactorPair(
              matrix(random, w.rows(), rank), matrix(random, rank, w.cols()));
        };
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        TornadoBackend backend = OnDevice.open(35L << 20, 0);
        CpuBackend scalar = CpuBackend.scalar(2)) {
      Model model = Architectures.load(checkpoint, backend);
      Edit edit = Edit.parse("1:mlp:0.5");
      long used = 0;
      Device.Traffic warm = null;
      for (int i = 0; i < 200; i++) {
        Model edited = EditOverlay.apply(model, List.of(edit), editor, backend);
        float[] logits = logits(edited, backend);
        if (i == 1) {
          warm = backend.traffic();
          used = backend.bytesUsed();
        }
        if (i % 40 == 0) {
          random.setSeed(i);
          float[] again = logits(EditOverlay.apply(model, List.of(edit), editor, backend), backend);
          random.setSeed(i);
          Model oracle =
              EditOverlay.apply(
                  Architectures.load(checkpoint, scalar), List.of(edit), editor, scalar);
          assertClose("gptj-f16", logits(oracle, scalar), again);
        }
        assertTrue(Float.isFinite(logits[0]));
      }
      assertEquals(0, backend.traffic().since(warm).compiled());
      long after = backend.bytesUsed();
      for (int tries = 0; tries < 50 && after > used; tries++) {
        System.gc();
        after = backend.bytesUsed();
      }
      assertTrue(after <= used, "bytes used: " + used + " before, " + after + " after");
    }
  }

  private static Matrix matrix(Random random, int rows, int cols) {
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.1);
    }
    return Matrix.of(values, rows, cols);
  }

  private static float[] logits(Model model, rankine.kernels.Backend backend) {
    try (Session session = new Session(model, backend, 64, 1);
        KvCache cache = session.sequence()) {
      return session.logits(cache, new int[] {5, 6, 7, 8, 9, 10});
    }
  }

  @Test
  void aModelThatDoesNotFitIsRefusedBeforeAnyTransfer() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model("gptj-f16"));
        TornadoBackend backend = OnDevice.open(20L << 20, 0)) {
      BackendException refused =
          assertThrows(BackendException.class, () -> Architectures.load(checkpoint, backend));
      assertTrue(
          refused.getMessage().matches("device memory: expected \\d+ bytes .*found 20971520.*"),
          refused.getMessage());
      assertTrue(refused.getMessage().contains("RANKINE_DEVICE_MEMORY"));
      assertEquals(0, backend.traffic().executions());
    }
  }

  @Test
  void memoryOption() {
    assertEquals(0, MemoryOption.bytes(null));
    assertEquals(6L << 30, MemoryOption.bytes("6g"));
    assertEquals(500L << 20, MemoryOption.bytes("500M"));
    for (String wrong : Arrays.asList("x", "0", "-1g", "1.5g", "g")) {
      assertThrows(BackendException.class, () -> MemoryOption.bytes(wrong));
    }
  }
}
