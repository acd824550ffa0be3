package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;

/**
 * Keys and values in blocks of {@value OpEncoding#BLOCK} positions: of each layer first the keys
 * [BLOCK][kvHeads · headDim], then the values. A fork shares its parent's blocks and begins one of
 * its own, so forking copies nothing; a block may therefore be partly used, up to where the next
 * begins.
 */
final class TornadoKvCache implements KvCache {
  private static final class DeviceKvBlock {
    private final int start;
    private final DeviceRange place;
    private int holders = 1;

    DeviceKvBlock(int start, DeviceRange place) {
      this.start = start;
      this.place = place;
    }
  }

  private final KvShape shape;
  private final Residency residency;
  private final List<DeviceKvBlock> blocks;
  private int length;

  /** Positions below this have a place: the end of the last block, if it is our own. */
  private int writable;

  TornadoKvCache(KvShape shape, Residency residency) {
    this(shape, residency, new ArrayList<>(), 0);
  }

  private TornadoKvCache(
      KvShape shape, Residency residency, List<DeviceKvBlock> shared, int length) {
    this.shape = shape;
    this.residency = residency;
    this.blocks = shared;
    this.length = length;
    this.writable = length;
  }

  KvShape shape() {
    return shape;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public KvCache fork() {
    List<DeviceKvBlock> shared = new ArrayList<>();
    for (DeviceKvBlock block : blocks) {
      if (block.start < length) {
        block.holders++;
        shared.add(block);
      }
    }
    return new TornadoKvCache(shape, residency, shared, length);
  }

  @Override
  public void advance(int tokens) {
    if (length + tokens > writable) {
      throw new IllegalStateException(
          "cache: %d positions written, advance to %d".formatted(writable, length + tokens));
    }
    length += tokens;
  }

  @Override
  public void close() {
    for (DeviceKvBlock block : blocks) {
      if (--block.holders == 0) {
        residency.give(block.place);
      }
    }
    blocks.clear();
    length = 0;
    writable = 0;
  }

  /** Makes room for positions up to {@code end}. */
  void reserve(int end) {
    if (end > shape.maxPositions()) {
      throw new IllegalArgumentException(
          "sequence: expected at most %d positions, found %d".formatted(shape.maxPositions(), end));
    }
    while (writable < end) {
      long elements = 2L * shape.layers() * OpEncoding.BLOCK * shape.width();
      blocks.add(new DeviceKvBlock(writable, residency.floats(elements)));
      writable += OpEncoding.BLOCK;
    }
  }

  /** Where the keys of a reserved position begin in layer 0, in the floats. */
  int keys(int position) {
    int b = blocks.size() - 1;
    while (blocks.get(b).start > position) {
      b--;
    }
    DeviceKvBlock block = blocks.get(b);
    return block.place.at() + (position - block.start) * shape.width();
  }

  /** From the keys of one layer to those of the next. */
  static int layerStride(KvShape shape) {
    return 2 * OpEncoding.BLOCK * shape.width();
  }

  /** The number of blocks, then for each its first position and where its keys begin. */
  int[] blockList() {
    int[] list = new int[1 + 2 * blocks.size()];
    list[0] = blocks.size();
    for (int i = 0; i < blocks.size(); i++) {
      list[1 + 2 * i] = blocks.get(i).start;
      list[2 + 2 * i] = blocks.get(i).place.at();
    }
    return list;
  }
}
