package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;

/**
 * A paged KV cache with blocks of {@value OpEncoding#BLOCK} positions: for each layer the keys
 * [BLOCK][kvHeads · headDim], then the values. A fork shares its parent's blocks and appends to a
 * new one, so forking copies nothing; a block may therefore be partly used, up to the first
 * position of the next block.
 */
final class TornadoKvCache implements KvCache {
  private static final class DeviceKvBlock {
    private final int start;
    private final DeviceRange range;
    private int references = 1;

    DeviceKvBlock(int start, DeviceRange range) {
      this.start = start;
      this.range = range;
    }
  }

  private final KvShape shape;
  private final Residency residency;
  private final List<DeviceKvBlock> blocks;
  private int length;

  /** Positions below this can be written: the end of the last block that this cache allocated. */
  private int capacity;

  TornadoKvCache(KvShape shape, Residency residency) {
    this(shape, residency, new ArrayList<>(), 0);
  }

  private TornadoKvCache(
      KvShape shape, Residency residency, List<DeviceKvBlock> shared, int length) {
    this.shape = shape;
    this.residency = residency;
    this.blocks = shared;
    this.length = length;
    this.capacity = length;
  }

  KvShape shape() {
    return shape;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public KvCache fork(int positions) {
    if (positions < 0 || positions > length) {
      throw new IllegalArgumentException(
          "cache: fork: expected 0 to %d positions, found %d".formatted(length, positions));
    }
    List<DeviceKvBlock> shared = new ArrayList<>();
    for (DeviceKvBlock block : blocks) {
      if (block.start < positions) {
        block.references++;
        shared.add(block);
      }
    }
    return new TornadoKvCache(shape, residency, shared, positions);
  }

  @Override
  public void advance(int tokens) {
    if (length + tokens > capacity) {
      throw new IllegalStateException(
          "cache: advance: expected at most %d positions, found %d"
              .formatted(capacity, length + tokens));
    }
    length += tokens;
  }

  @Override
  public void close() {
    for (DeviceKvBlock block : blocks) {
      if (--block.references == 0) {
        residency.free(block.range);
      }
    }
    blocks.clear();
    length = 0;
    capacity = 0;
  }

  /** Allocates blocks for positions below {@code end}. */
  void reserve(int end) {
    if (end > shape.maxPositions()) {
      throw new IllegalArgumentException(
          "sequence: expected at most %d positions, found %d".formatted(shape.maxPositions(), end));
    }
    while (capacity < end) {
      long elements = 2L * shape.layers() * OpEncoding.BLOCK * shape.width();
      blocks.add(new DeviceKvBlock(capacity, residency.allocateKv(elements)));
      capacity += OpEncoding.BLOCK;
    }
  }

  /** Writes where the keys of a reserved position in layer 0 are to the encoding of its token. */
  void encodeKeys(int position, int[] ints, int token) {
    int b = blocks.size() - 1;
    while (blocks.get(b).start > position) {
      b--;
    }
    DeviceKvBlock block = blocks.get(b);
    ints[token + OpEncoding.KEYS] = block.range.offset() + (position - block.start) * shape.width();
    ints[token + OpEncoding.KEY_ARRAY] = block.range.array();
  }

  /** Distance from the keys of one layer to those of the next. */
  static int layerStride(KvShape shape) {
    return 2 * OpEncoding.BLOCK * shape.width();
  }

  /**
   * The number of blocks, then for each block its first position, the offset of its keys, and their
   * array.
   */
  int[] blockList() {
    int[] list = new int[1 + OpEncoding.BLOCK_INTS * blocks.size()];
    list[0] = blocks.size();
    for (int i = 0; i < blocks.size(); i++) {
      list[1 + OpEncoding.BLOCK_INTS * i] = blocks.get(i).start;
      list[2 + OpEncoding.BLOCK_INTS * i] = blocks.get(i).range.offset();
      list[3 + OpEncoding.BLOCK_INTS * i] = blocks.get(i).range.array();
    }
    return list;
  }
}
