package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;

/**
 * Keys and values in blocks of {@value #BLOCK} positions. A fork shares every block of its parent
 * and starts a block of its own, so forking copies nothing and a block has one writer. Blocks may
 * therefore be partly used: block i holds positions {@code start(i)} to {@code start(i + 1)}. A
 * layer with an attention window keeps only the blocks that the window reaches.
 */
final class CpuKvCache implements KvCache {
  static final int BLOCK = KvShape.BLOCK;

  /**
   * Floats after the values of a layer: a load of up to this many from any value stays inside the
   * array.
   */
  private static final int PADDING = BLOCK;

  /**
   * Positions {@code start} to {@code start + BLOCK}, of which a cache may use the first ones. Keys
   * of a layer are [kvHeads][headDim][BLOCK], so scores of neighbouring positions come from
   * contiguous loads; values are [kvHeads][BLOCK][headDim]. Both begin at {@link
   * ActivationRows#START} and have {@link #PADDING} more floats at the end.
   */
  static final class KvBlock {
    private final int start;
    private final float[][] keys;
    private final float[][] values;

    /** Number of sequences that share this block. */
    private int references = 1;

    private KvBlock(int start, float[][] keys, float[][] values) {
      this.start = start;
      this.keys = keys;
      this.values = values;
    }

    int start() {
      return start;
    }

    float[][] keys() {
      return keys;
    }

    float[][] values() {
      return values;
    }
  }

  private final KvShape shape;

  /**
   * The memory of closed caches, for new ones: an evaluation creates and closes a sequence for
   * every query.
   */
  private final ArrayPool pool;

  private final List<KvBlock> blocks;
  private int length;

  /** Positions below this can be written: the end of the last block, if this sequence owns it. */
  private int writable;

  CpuKvCache(KvShape shape, ArrayPool pool) {
    this(shape, pool, new ArrayList<>(), 0);
  }

  private CpuKvCache(KvShape shape, ArrayPool pool, List<KvBlock> shared, int length) {
    this.shape = shape;
    this.pool = pool;
    this.blocks = shared;
    this.length = length;
    this.writable = length;
  }

  KvShape shape() {
    return shape;
  }

  int blockCount() {
    return blocks.size();
  }

  KvBlock block(int i) {
    return blocks.get(i);
  }

  /** Index where the keys of a head begin, [headDim][BLOCK]. */
  static int keys(int kvHead, int headDim) {
    return START + kvHead * headDim * BLOCK;
  }

  /** Index where the values of a head begin, [BLOCK][headDim]. */
  static int values(int kvHead, int headDim) {
    return START + kvHead * BLOCK * headDim;
  }

  /** The first position after those of block i. */
  int blockEnd(int i) {
    return i + 1 < blocks.size() ? blocks.get(i + 1).start : writable;
  }

  /** The index of the block that holds a position; 0 if there is none. */
  int blockOf(int position) {
    int b = 0;
    while (b + 1 < blocks.size() && blocks.get(b + 1).start <= position) {
      b++;
    }
    return b;
  }

  /**
   * Frees the blocks of {@code layer} whose positions are all below {@code first}, which no query
   * will read again. Blocks that other sequences share stay.
   */
  void release(int layer, int first) {
    for (int b = 0; b < blocks.size() && blockEnd(b) <= first; b++) {
      KvBlock block = blocks.get(b);
      if (block.references == 1) {
        give(block.keys, layer);
        give(block.values, layer);
      }
    }
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public KvCache fork(int positions) {
    if (positions < 0 || positions > length) {
      throw new IllegalArgumentException(
          "fork: expected 0 to %d positions, found %d".formatted(length, positions));
    }
    List<KvBlock> shared = new ArrayList<>();
    for (KvBlock block : blocks) {
      if (block.start < positions) {
        block.references++;
        shared.add(block);
      }
    }
    return new CpuKvCache(shape, pool, shared, positions);
  }

  @Override
  public void advance(int tokens) {
    if (shape.layers() == 0) {
      reserve(length + tokens); // no layer stores keys, which would reserve the positions
    }
    if (length + tokens > writable) {
      throw new IllegalStateException(
          "cache: %d positions written, advance to %d".formatted(writable, length + tokens));
    }
    length += tokens;
  }

  @Override
  public void close() {
    for (KvBlock block : blocks) {
      if (--block.references == 0) {
        for (int layer = 0; layer < shape.layers(); layer++) {
          give(block.keys, layer);
          give(block.values, layer);
        }
      }
    }
    blocks.clear();
    length = 0;
    writable = 0;
  }

  /** Keys or values of a block, of undefined content. */
  private float[][] take() {
    float[][] layers = new float[shape.layers()][];
    Arrays.setAll(layers, i -> pool.take(START + shape.width() * BLOCK + PADDING));
    return layers;
  }

  /** Gives back the array of one layer, unless that has happened already. */
  private void give(float[][] layers, int layer) {
    if (layers[layer] != null) {
      pool.give(layers[layer]);
      layers[layer] = null;
    }
  }

  /** Reserves blocks so that positions below {@code end} can be written. */
  private void reserve(int end) {
    if (end > shape.maxPositions()) {
      throw new IllegalArgumentException(
          "sequence: expected at most %d positions, found %d".formatted(shape.maxPositions(), end));
    }
    while (writable < end) {
      blocks.add(new KvBlock(writable, take(), take()));
      writable += BLOCK;
    }
  }

  /**
   * Writes keys and values of {@code count} new positions of {@code layer}.
   *
   * @param keys rows {@code row} to {@code row + count}, each [kvHeads · headDim]
   * @param values as {@code keys}
   */
  void store(int layer, ActivationRows keys, ActivationRows values, int row, int count) {
    reserve(length + count);
    int headDim = shape.headDim();
    int b = blocks.size() - 1;
    while (blocks.get(b).start > length) {
      b--;
    }
    for (int i = 0; i < count; i++) {
      int position = length + i;
      if (position >= blockEnd(b)) {
        b++;
      }
      KvBlock block = blocks.get(b);
      int p = position - block.start;
      float[] k = block.keys[layer];
      float[] v = block.values[layer];
      for (int h = 0; h < shape.kvHeads(); h++) {
        int from = keys.at(row + i) + h * headDim;
        for (int d = 0; d < headDim; d++) {
          k[keys(h, headDim) + d * BLOCK + p] = keys.data()[from + d];
        }
        System.arraycopy(
            values.data(),
            values.at(row + i) + h * headDim,
            v,
            values(h, headDim) + p * headDim,
            headDim);
      }
    }
  }
}
