package rankine.kernels;

/**
 * The dimensions of a KV cache.
 *
 * @param layers transformer blocks; with 0 a cache only counts positions
 * @param kvHeads key/value heads per block
 * @param headDim features per head
 * @param maxPositions maximum length of a sequence (the model's context length)
 */
public record KvShape(int layers, int kvHeads, int headDim, int maxPositions) {
  /** Positions that the CPU backends store at a time: a sequence takes whole blocks. */
  public static final int BLOCK = 64;

  /** Features of the keys, and of the values, of one position in one layer. */
  public int width() {
    return kvHeads * headDim;
  }

  /** Bytes per position in all layers, keys and values, in float32. */
  public long bytesPerPosition() {
    return 2L * layers * width() * Float.BYTES;
  }
}
