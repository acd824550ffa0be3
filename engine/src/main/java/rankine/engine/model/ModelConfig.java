package rankine.engine.model;

import rankine.kernels.KvShape;

/**
 * The sizes of a model, in the terms that all architectures share.
 *
 * @param architecture as {@code model_type} in config.json
 * @param layers transformer blocks
 * @param hiddenSize features of the residual stream
 * @param heads query heads a block
 * @param kvHeads key/value heads a block; {@code heads} unless queries are grouped
 * @param headDim features a head
 * @param intermediateSize features inside the MLP
 * @param vocabSize rows of the embedding and logits of a position
 * @param contextLength positions that a sequence may have
 */
public record ModelConfig(
    String architecture,
    int layers,
    int hiddenSize,
    int heads,
    int kvHeads,
    int headDim,
    int intermediateSize,
    int vocabSize,
    int contextLength) {

  /** Features of all query heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Features of all key (or value) heads. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** What a sequence's cache holds. */
  public KvShape kvShape() {
    return new KvShape(layers, kvHeads, headDim, contextLength);
  }
}
