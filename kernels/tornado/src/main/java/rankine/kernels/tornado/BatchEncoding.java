package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import rankine.kernels.Batch;
import rankine.kernels.Slot;

/**
 * A batch encoded for the kernels: its tokens, the list of logit rows, the tiles of tokens and of
 * logit rows, the block list of each sequence.
 *
 * @param ints the whole encoding
 * @param tokens the number of tokens
 * @param logitRows the number of logit rows
 * @param tokenTiles the number of tiles of tokens; 0 if there are few tokens
 * @param logitTiles the number of tiles of logit rows; 0 if there are few
 * @param positions one more than the largest position
 */
record BatchEncoding(
    int[] ints, int tokens, int logitRows, int tokenTiles, int logitTiles, int positions)
    implements BatchExtent {
  /** Reserves KV cache positions for the batch's tokens and encodes the batch. */
  static BatchEncoding of(Batch batch) {
    List<int[]> lists = new ArrayList<>();
    for (Batch.Sequence sequence : batch.sequences()) {
      TornadoKvCache cache = (TornadoKvCache) sequence.cache();
      cache.reserve(cache.length() + sequence.ids().length);
      lists.add(cache.blockList());
    }
    int[] sequences = sequences(batch);
    int[] logitRows = batch.logitRows();
    int[] tokenTiles = tiles(sequences);
    int[] logitTiles = tiles(Arrays.stream(logitRows).map(row -> sequences[row]).toArray());
    List<int[]> parts = new ArrayList<>();
    parts.add(new int[sequences.length * OpEncoding.TOKEN_INTS]);
    parts.addAll(List.of(logitRows, tokenTiles, logitTiles));
    int at = parts.stream().mapToInt(part -> part.length).sum();
    parts.addAll(lists);
    int[] ints = parts.stream().flatMapToInt(Arrays::stream).toArray();
    int row = 0;
    int positions = 0;
    for (int s = 0; s < lists.size(); s++) {
      Batch.Sequence sequence = batch.sequences().get(s);
      TornadoKvCache cache = (TornadoKvCache) sequence.cache();
      int past = cache.length();
      for (int i = 0; i < sequence.ids().length; i++, row++) {
        int token = row * OpEncoding.TOKEN_INTS;
        ints[token + OpEncoding.ID] = sequence.ids()[i];
        ints[token + OpEncoding.POSITION] = past + i;
        ints[token + OpEncoding.BLOCKS] = at;
        cache.encodeKeys(past + i, ints, token);
      }
      positions = Math.max(positions, past + sequence.ids().length);
      at += lists.get(s).length;
    }
    return new BatchEncoding(
        ints,
        sequences.length,
        logitRows.length,
        tokenTiles.length / OpEncoding.TILE_INTS,
        logitTiles.length / OpEncoding.TILE_INTS,
        positions);
  }

  /** The index of each row's sequence. */
  private static int[] sequences(Batch batch) {
    return IntStream.range(0, batch.sequences().size())
        .flatMap(s -> Arrays.stream(batch.sequences().get(s).ids()).map(id -> s))
        .toArray();
  }

  /**
   * Divides the rows of each sequence evenly into tiles. Few rows, which {@link
   * AttentionKernels#attention} runs, have none.
   *
   * @param sequences the sequence of each row
   * @return {@link OpEncoding#TILE_INTS} for each tile
   */
  private static int[] tiles(int[] sequences) {
    IntStream.Builder tiles = IntStream.builder();
    if (sequences.length > DeviceOp.GEMV_MAX_ROWS) {
      int from = 0;
      for (int to = 1; to <= sequences.length; to++) {
        if (to == sequences.length || sequences[to] != sequences[from]) {
          int rows = to - from;
          int count = Math.ceilDiv(rows, TiledAttentionKernel.ROWS);
          for (int t = 0; t < count; t++) {
            int first = rows * t / count;
            tiles.add(from + first).add(rows * (t + 1) / count - first);
          }
          from = to;
        }
      }
    }
    return tiles.build().toArray();
  }

  /** Index of the list of logit rows in {@link #ints}. */
  int logitRowList() {
    return tokens * OpEncoding.TOKEN_INTS;
  }

  /** Index of the tiles of a domain in {@link #ints}. */
  int tileList(Slot.RowDomain domain) {
    int tokenList = logitRowList() + logitRows;
    return switch (domain) {
      case TOKENS -> tokenList;
      case LOGIT_ROWS -> tokenList + OpEncoding.TILE_INTS * tokenTiles;
    };
  }

  @Override
  public int rows(Slot.RowDomain domain) {
    return switch (domain) {
      case TOKENS -> tokens;
      case LOGIT_ROWS -> logitRows;
    };
  }

  @Override
  public int tiles(Slot.RowDomain domain) {
    return switch (domain) {
      case TOKENS -> tokenTiles;
      case LOGIT_ROWS -> logitTiles;
    };
  }

  @Override
  public int splits(Slot.RowDomain domain, int window) {
    int splits = 1;
    if (rows(domain) <= DeviceOp.GEMV_MAX_ROWS) {
      for (int row = 0; row < rows(domain); row++) {
        splits = Math.max(splits, AttentionKernels.splits(blocks(token(domain, row), window)));
      }
    }
    return splits;
  }

  /** Index in {@link #ints} of the token of a row. */
  private int token(Slot.RowDomain domain, int row) {
    int token =
        switch (domain) {
          case TOKENS -> row;
          case LOGIT_ROWS -> ints[logitRowList() + row];
        };
    return token * OpEncoding.TOKEN_INTS;
  }

  /** The KV blocks that a token reads, as the kernels count them. */
  private int blocks(int token, int window) {
    int length = ints[token + OpEncoding.POSITION] + 1;
    int first = Math.max(0, length - window);
    int list = ints[token + OpEncoding.BLOCKS];
    int count = 0;
    for (int b = 0; b < ints[list]; b++) {
      boolean last = b + 1 == ints[list];
      int start = ints[list + 1 + OpEncoding.BLOCK_INTS * b];
      int end = last ? length : ints[list + 1 + OpEncoding.BLOCK_INTS * (b + 1)];
      count += start < length && end > first ? 1 : 0;
    }
    return count;
  }
}
