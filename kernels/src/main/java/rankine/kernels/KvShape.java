package rankine.kernels;

/**
 * What a key/value cache holds.
 *
 * @param layers transformer blocks; with 0 a cache only counts positions
 * @param kvHeads key/value heads a block
 * @param headDim features a head
 * @param maxPositions positions that a sequence may reach (the model's context length)
 */
public record KvShape(int layers, int kvHeads, int headDim, int maxPositions) {
  /** Features of one position of one layer, for keys and for values each. */
  public int width() {
    return kvHeads * headDim;
  }

  /** Bytes of one position over all layers, keys and values, in float32. */
  public long bytesPerPosition() {
    return 2L * layers * width() * Float.BYTES;
  }
}
