package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.kernels.Activations;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.cpu.CpuBackend;

/** Attention against the scalar backend: long contexts, splits, forks, tiles. */
class DeviceAttentionTest {
  /** Maximum rows of a batch. */
  private static final int ROWS = 100;

  /** A context of this length is the first whose blocks are split, if all are full. */
  private static final int SPLIT = (AttentionKernels.MIN_SPLIT_BLOCKS - 1) * OpEncoding.BLOCK + 1;

  private static final AttentionScores FULL = AttentionScores.scaled(0.3f);

  private static TornadoBackend device;
  private static CpuBackend scalar;

  @BeforeAll
  static void open() {
    device = OnDevice.open(256L << 20, 1000);
    scalar = CpuBackend.scalar(2);
  }

  @AfterAll
  static void close() {
    device.close();
    scalar.close();
  }

  /** Query heads, KV heads, features per head. */
  private record Heads(int count, int kv, int dim) {}

  /** What runs on both backends: it advances caches and adds rows of results. */
  private interface Script {
    void run(AttentionLayer attention);
  }

  /** Queries, keys and values of random tokens, and attention over them on one backend. */
  private static final class AttentionLayer implements AutoCloseable {
    private static final int TOKENS = 50;

    private final Backend backend;
    private final KvShape shape;
    private final Slot out;
    private final Slot gatheredOut;
    private final List<Op> program;
    private final Activations activations;
    private final List<KvCache> caches = new ArrayList<>();
    private final List<float[]> rows = new ArrayList<>();

    AttentionLayer(Backend backend, Heads heads, AttentionScores scores) {
      this.backend = backend;
      shape = new KvShape(3, heads.kv, heads.dim, 4000);
      Slot q = Slot.tokens("q", heads.count * heads.dim);
      Slot k = Slot.tokens("k", heads.kv * heads.dim);
      Slot v = Slot.tokens("v", heads.kv * heads.dim);
      Slot gathered = Slot.logitRows("gathered", q.width());
      out = Slot.tokens("out", q.width());
      gatheredOut = Slot.logitRows("gatheredOut", q.width());
      Random random = new Random(heads.dim);
      List<Op> ops = new ArrayList<>();
      for (Slot slot : List.of(q, k, v)) {
        float[] values = new float[TOKENS * slot.width()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        ops.add(new Op.Embed(backend.matrix(Matrix.of(values, TOKENS, slot.width())), slot));
      }
      ops.add(new Op.AppendKv(2, k, v));
      ops.add(new Op.Attention(2, q, heads.count, scores, out));
      ops.add(new Op.GatherRows(q, gathered));
      ops.add(new Op.Attention(2, gathered, heads.count, scores, gatheredOut));
      program = List.copyOf(ops);
      activations = backend.activations(Set.of(q, k, v, out, gathered, gatheredOut), ROWS, ROWS);
    }

    KvCache cache() {
      caches.add(backend.cache(shape));
      return caches.getLast();
    }

    KvCache fork(KvCache cache, int positions) {
      caches.add(cache.fork(positions));
      return caches.getLast();
    }

    /** Tokens that differ between the sequences of a batch and between positions. */
    private static Batch.Sequence next(KvCache cache, int count) {
      int[] ids = new int[count];
      for (int i = 0; i < count; i++) {
        ids[i] = (7 * (cache.length() + i) + count) % TOKENS;
      }
      return new Batch.Sequence(cache, ids);
    }

    /** Runs tokens of sequences, keeps the results of all rows, then those of the logit rows. */
    void run(int[] logitRows, Batch.Sequence... sequences) {
      Batch batch = new Batch(List.of(sequences), logitRows);
      backend.run(program, activations, batch);
      for (int t = 0; t < batch.rows(); t++) {
        rows.add(read(out, t));
      }
      for (int t = 0; t < logitRows.length; t++) {
        rows.add(read(gatheredOut, t));
      }
    }

    private float[] read(Slot slot, int row) {
      float[] values = new float[slot.width()];
      backend.read(activations, slot, row, values);
      return values;
    }

    /** Appends tokens up to a length, in batches of at most {@link #ROWS}. */
    void extend(KvCache cache, int length) {
      while (cache.length() < length) {
        int count = Math.min(ROWS, length - cache.length());
        run(new int[0], next(cache, count));
        cache.advance(count);
      }
    }

    /** Appends one token at a time up to a length; each is a logit row too. */
    void decode(KvCache cache, int length) {
      while (cache.length() < length) {
        run(new int[] {0}, next(cache, 1));
        cache.advance(1);
      }
    }

    @Override
    public void close() {
      caches.forEach(KvCache::close);
      activations.close();
    }
  }

  private static void compare(Heads heads, AttentionScores scores, Script script) {
    try (AttentionLayer expected = new AttentionLayer(scalar, heads, scores);
        AttentionLayer found = new AttentionLayer(device, heads, scores)) {
      script.run(expected);
      script.run(found);
      assertEquals(expected.rows.size(), found.rows.size());
      for (int row = 0; row < expected.rows.size(); row++) {
        assertArrayEquals(
            expected.rows.get(row),
            found.rows.get(row),
            2e-5f,
            heads + ", " + scores + ", result " + row);
      }
    }
  }

  /** Lengths around whole blocks and the first split, with windows and caps. */
  @ParameterizedTest
  @CsvSource({"3, 3, 10", "4, 2, 64", "2, 1, 80", "2, 2, 128", "2, 1, 256"})
  void longContexts(int heads, int kvHeads, int headDim) {
    for (AttentionScores scores :
        List.of(
            FULL,
            new AttentionScores(0.3f, 2, AttentionScores.UNLIMITED),
            new AttentionScores(0.3f, 0, 66),
            new AttentionScores(0.3f, 4, SPLIT))) {
      compare(
          new Heads(heads, kvHeads, headDim),
          scores,
          attention -> {
            KvCache cache = attention.cache();
            attention.decode(cache, 2);
            attention.extend(cache, OpEncoding.BLOCK - 1);
            attention.decode(cache, OpEncoding.BLOCK + 2);
            attention.extend(cache, SPLIT - 2);
            attention.decode(cache, SPLIT + 2);
            attention.extend(cache, SPLIT + OpEncoding.BLOCK - 2);
            attention.decode(cache, SPLIT + OpEncoding.BLOCK + 1);
          });
    }
  }

  /** A chain of forks has many blocks of few positions each: more than there can be splits. */
  @Test
  void manyBlocks() {
    for (AttentionScores scores : List.of(FULL, new AttentionScores(0.3f, 3, 40))) {
      compare(
          new Heads(2, 1, 20),
          scores,
          attention -> {
            KvCache cache = attention.cache();
            for (int i = 1; i < 2 * AttentionKernels.MAX_SPLITS + 3; i++) {
              cache = attention.fork(cache, cache.length());
              attention.decode(cache, cache.length() + 1 + i % 2);
            }
          });
    }
  }

  /** Sequences that share a prefix, of different lengths, in one batch of few rows. */
  @Test
  void forks() {
    // The CPU frees what a window has passed, so the window reaches the shortest fork.
    for (AttentionScores scores : List.of(FULL, new AttentionScores(0.3f, 3, 290))) {
      compare(
          new Heads(4, 2, 16),
          scores,
          attention -> {
            KvCache prefix = attention.cache();
            attention.extend(prefix, 300);
            KvCache whole = attention.fork(prefix, 300);
            KvCache part = attention.fork(prefix, 130);
            KvCache empty = attention.fork(prefix, 0);
            for (int i = 0; i < 3; i++) {
              attention.run(
                  new int[] {1, 3},
                  AttentionLayer.next(whole, 1),
                  AttentionLayer.next(part, 2),
                  AttentionLayer.next(empty, 1));
              whole.advance(1);
              part.advance(2);
              empty.advance(1);
            }
          });
    }
  }

  /** Whether a row is split depends on its own context. */
  @Test
  void aRowHasTheSameBitsBesideOthers() {
    try (AttentionLayer attention = new AttentionLayer(device, new Heads(2, 1, 32), FULL)) {
      List<KvCache> caches = new ArrayList<>();
      for (int length : new int[] {SPLIT + 70, 5, SPLIT - 1}) {
        caches.add(attention.cache());
        attention.extend(caches.getLast(), length);
      }
      attention.rows.clear();
      Batch.Sequence[] all =
          caches.stream().map(c -> AttentionLayer.next(c, 1)).toArray(Batch.Sequence[]::new);
      attention.run(new int[0], all);
      for (Batch.Sequence sequence : all) {
        attention.run(new int[0], sequence);
      }
      for (int row = 0; row < all.length; row++) {
        assertArrayEquals(attention.rows.get(row), attention.rows.get(all.length + row));
      }
    }
  }

  /** Sequences of many rows and of few in one batch, with shared prefixes; many logit rows. */
  @Test
  void tiles() {
    for (AttentionScores scores :
        List.of(
            FULL,
            new AttentionScores(0.3f, 3, AttentionScores.UNLIMITED),
            new AttentionScores(0.3f, 0, 90))) {
      compare(
          new Heads(4, 2, 40),
          scores,
          attention -> {
            KvCache prefix = attention.cache();
            attention.extend(prefix, 100);
            KvCache whole = attention.fork(prefix, 100);
            KvCache part = attention.fork(prefix, 90);
            for (int i = 0; i < 2; i++) {
              attention.run(
                  IntStream.range(0, 40).map(row -> 2 * row).toArray(),
                  AttentionLayer.next(whole, TiledAttentionKernel.ROWS + 1),
                  AttentionLayer.next(prefix, 1),
                  AttentionLayer.next(part, 2 * TiledAttentionKernel.ROWS - 2));
              whole.advance(TiledAttentionKernel.ROWS + 1);
              prefix.advance(1);
              part.advance(2 * TiledAttentionKernel.ROWS - 2);
            }
          });
    }
  }

  /** Among rows of another number, and as a logit row. */
  @Test
  void aRowHasTheSameBitsInEveryTile() {
    AttentionScores window = new AttentionScores(0.3f, 0, 70);
    try (AttentionLayer attention = new AttentionLayer(device, new Heads(2, 1, 32), window)) {
      KvCache prefix = attention.cache();
      attention.extend(prefix, 90);
      int[] ids = IntStream.range(0, 50).toArray();
      attention.rows.clear();
      int[] some = IntStream.range(0, ids.length).filter(i -> i % 3 != 1).toArray();
      attention.run(some, new Batch.Sequence(attention.fork(prefix, 90), ids));
      for (int i = 0; i < some.length; i++) {
        assertArrayEquals(attention.rows.get(some[i]), attention.rows.get(ids.length + i));
      }
      List<float[]> expected = List.copyOf(attention.rows.subList(0, ids.length));
      attention.rows.clear();
      KvCache parts = attention.fork(prefix, 90);
      for (int from = 0, count = 18; from < ids.length; from += count, count = 32) {
        int[] part = Arrays.copyOfRange(ids, from, from + count);
        attention.run(new int[0], new Batch.Sequence(parts, part));
        parts.advance(count);
      }
      for (int row = 0; row < ids.length; row++) {
        assertArrayEquals(expected.get(row), attention.rows.get(row));
      }
    }
  }

  /** Long contexts have a second launch; short ones do not. */
  @Test
  void launches() {
    try (AttentionLayer attention = new AttentionLayer(device, new Heads(1, 1, 8), FULL)) {
      KvCache cache = attention.cache();
      long[] kernels = new long[4];
      for (int i = 0; i < kernels.length; i++) {
        attention.extend(cache, SPLIT - 3 + i);
        long before = device.traffic().kernels();
        attention.backend.run(
            attention.program,
            attention.activations,
            new Batch(List.of(AttentionLayer.next(cache, 1)), new int[0]));
        kernels[i] = device.traffic().kernels() - before;
      }
      // The token's encoding, three embeddings, append, attention.
      assertEquals("[6, 6, 7, 7]", Arrays.toString(kernels));
    }
  }
}
