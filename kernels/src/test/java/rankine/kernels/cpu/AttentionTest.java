package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.kernels.AttentionScores;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;

/**
 * Attention of the vector backend against the scalar one, and against itself with more threads and
 * token by token, where the bits must be equal.
 */
class AttentionTest {
  /** Attention with rotary positions over several sequences, one of them a fork. */
  @ParameterizedTest
  @MethodSource("heads")
  void attention(int heads, int kvHeads, int headDim, Op.Pairing pairing) {
    AttentionScores plain = AttentionScores.ofHeadDim(headDim);
    attention(heads, kvHeads, headDim, pairing, plain);
    // Windows within one group of queries, within a block of the cache, and across blocks.
    attention(heads, kvHeads, headDim, pairing, plain.withWindow(1));
    attention(heads, kvHeads, headDim, pairing, plain.withWindow(3).withSoftCap(0.7f));
    attention(heads, kvHeads, headDim, pairing, plain.withWindow(20));
    attention(heads, kvHeads, headDim, pairing, new AttentionScores(0.4f, 5, 71));
  }

  private static void attention(
      int heads, int kvHeads, int headDim, Op.Pairing pairing, AttentionScores scores) {
    Slot q = Slot.tokens("q", heads * headDim);
    Slot k = Slot.tokens("k", kvHeads * headDim);
    Slot v = Slot.tokens("v", kvHeads * headDim);
    Slot out = Slot.tokens("out", heads * headDim);
    RotaryFrequencies frequencies = RotaryFrequencies.of(10000, headDim / 2 * 2);
    List<Op> program =
        List.of(
            new Op.Rotary(q, heads, headDim, frequencies, pairing),
            new Op.Rotary(k, kvHeads, headDim, frequencies, pairing),
            new Op.AppendKv(0, k, v),
            new Op.Attention(0, q, heads, scores, out));
    KvShape shape = new KvShape(1, kvHeads, headDim, 512);
    float[][] results = new float[4][];
    String[] names = {"scalar", "vector", "vector, 2 threads", "vector, token by token"};
    for (int i = 0; i < 4; i++) {
      try (CpuBackend backend = i == 0 ? CpuBackend.scalar(1) : CpuBackend.vector(i == 2 ? 2 : 1)) {
        var storage = (CpuActivations) backend.activations(List.of(q, k, v, out), 200, 1);
        Random random = new Random(11);
        int past = 70;
        KvCache parent = backend.cache(shape);
        fill(random, storage, List.of(q, k, v), past);
        backend.run(program, storage, batch(parent, past));
        parent.advance(past);
        KvCache fork = parent.fork();
        KvCache other = backend.cache(shape);
        int[] lengths = {9, 67, 3};
        KvCache[] caches = {parent, fork, other};
        fill(random, storage, List.of(q, k, v), 79);
        if (i < 3) {
          backend.run(
              program,
              storage,
              new Batch(
                  List.of(
                      new Batch.Sequence(parent, new int[lengths[0]]),
                      new Batch.Sequence(fork, new int[lengths[1]]),
                      new Batch.Sequence(other, new int[lengths[2]])),
                  new int[0]));
          results[i] = used(storage.get(out).first(79));
        } else {
          results[i] =
              tokenByToken(backend, program, storage, caches, lengths, List.of(q, k, v), out);
        }
      }
    }
    for (int i = 0; i < results[0].length; i++) {
      assertEquals(results[0][i], results[1][i], 2e-5, "value " + i);
    }
    assertArrayEquals(results[1], results[2], names[2]);
    assertArrayEquals(results[1], results[3], names[3]);
  }

  /** A window bounds the memory of its layer, with the same result; a fork keeps what it shares. */
  @Test
  void windowFreesBlocks() {
    Slot q = Slot.tokens("q", 8);
    Slot k = Slot.tokens("k", 8);
    Slot v = Slot.tokens("v", 8);
    Slot out = Slot.tokens("out", 8);
    AttentionScores window = AttentionScores.scaled(1).withWindow(70);
    List<Op> program =
        List.of(
            new Op.AppendKv(0, k, v),
            new Op.AppendKv(1, k, v),
            new Op.Attention(0, q, 1, window, out),
            new Op.Attention(1, q, 1, AttentionScores.scaled(1), q));
    try (CpuBackend backend = CpuBackend.vector(1);
        CpuBackend scalar = CpuBackend.scalar(1)) {
      var storage = (CpuActivations) backend.activations(List.of(q, k, v, out), 50, 1);
      CpuKvCache cache = (CpuKvCache) backend.cache(new KvShape(2, 1, 8, 1000));
      CpuKvCache oracle = (CpuKvCache) scalar.cache(new KvShape(2, 1, 8, 1000));
      Random random = new Random(5);
      for (int step = 0; step < 12; step++) {
        fill(random, storage, List.of(q, k, v), 50);
        float[] queries = storage.get(q).data().clone();
        backend.run(program, storage, batch(cache, 50));
        float[] found = used(storage.get(out));
        System.arraycopy(queries, 0, storage.get(q).data(), 0, queries.length);
        scalar.run(program, storage, batch(oracle, 50));
        assertArrayEquals(used(storage.get(out)), found, 2e-5f);
        cache.advance(50);
        oracle.advance(50);
        // Before the batch, 69 positions are visible: at most 3 blocks, and the new positions.
        assertTrue(held(cache, 0) <= 4, "step " + step + ": " + held(cache, 0));
        assertEquals(cache.blockCount(), held(cache, 1));
      }
      KvCache fork = cache.fork();
      int shared = held(cache, 0);
      for (int step = 0; step < 4; step++) {
        fill(random, storage, List.of(q, k, v), 50);
        backend.run(program, storage, batch(fork, 50));
        fork.advance(50);
      }
      assertEquals(shared, held(cache, 0));
      fork.close();
      cache.close();
    }
  }

  private static int held(CpuKvCache cache, int layer) {
    int blocks = 0;
    for (int b = 0; b < cache.blockCount(); b++) {
      blocks += cache.block(b).keys()[layer] == null ? 0 : 1;
    }
    return blocks;
  }

  static Stream<Arguments> heads() {
    return Stream.of(
        Arguments.of(1, 1, 2, Op.Pairing.HALVES),
        Arguments.of(4, 4, 16, Op.Pairing.INTERLEAVED),
        Arguments.of(6, 2, 24, Op.Pairing.HALVES),
        Arguments.of(3, 1, 64, Op.Pairing.INTERLEAVED),
        Arguments.of(8, 2, 40, Op.Pairing.HALVES), // these: 4, 6 and 7 heads share keys
        Arguments.of(12, 2, 16, Op.Pairing.HALVES),
        Arguments.of(7, 1, 30, Op.Pairing.HALVES),
        Arguments.of(2, 2, 80, Op.Pairing.HALVES));
  }

  private static float[] tokenByToken(
      CpuBackend backend,
      List<Op> program,
      CpuActivations storage,
      KvCache[] caches,
      int[] lengths,
      List<Slot> inputs,
      Slot out) {
    int width = out.width();
    float[][] given =
        inputs.stream().map(s -> storage.get(s).data().clone()).toArray(float[][]::new);
    float[] result = new float[79 * width];
    int row = 0;
    for (int s = 0; s < caches.length; s++) {
      for (int t = 0; t < lengths[s]; t++, row++) {
        for (int i = 0; i < inputs.size(); i++) {
          ActivationRows rows = storage.get(inputs.get(i));
          System.arraycopy(given[i], rows.at(row), rows.data(), rows.at(0), rows.width());
        }
        backend.run(program, storage, batch(caches[s], 1));
        caches[s].advance(1);
        System.arraycopy(storage.get(out).data(), ActivationRows.START, result, row * width, width);
      }
    }
    return result;
  }

  private static Batch batch(KvCache cache, int tokens) {
    return new Batch(List.of(new Batch.Sequence(cache, new int[tokens])), new int[0]);
  }

  private static void fill(Random random, CpuActivations storage, List<Slot> slots, int count) {
    for (Slot slot : slots) {
      ActivationRows rows = storage.get(slot);
      for (int t = 0; t < count; t++) {
        for (int c = 0; c < rows.width(); c++) {
          rows.data()[rows.at(t) + c] = (float) random.nextGaussian();
        }
      }
    }
  }

  private static float[] used(ActivationRows rows) {
    float[] values = new float[rows.rows() * rows.width()];
    for (int t = 0; t < rows.rows(); t++) {
      System.arraycopy(rows.data(), rows.at(t), values, t * rows.width(), rows.width());
    }
    return values;
  }
}
