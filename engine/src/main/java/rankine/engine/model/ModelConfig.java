package rankine.engine.model;

import rankine.kernels.KvShape;

/**
 * The sizes of a model, common to all architectures.
 *
 * @param architecture as {@code model_type} in config.json
 * @param layers number of transformer blocks
 * @param hiddenSize features of the residual stream
 * @param heads query heads per block
 * @param kvHeads key/value heads per block; fewer than {@code heads} for grouped-query attention
 * @param headDim features per head
 * @param intermediateSize features of the MLP hidden layer
 * @param vocabSize rows of the embedding; logits per position
 * @param contextLength maximum positions of a sequence
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

  /** The sizes of an architecture whose heads each have keys and values and share hiddenSize. */
  static ModelConfig multiHead(
      String architecture,
      int layers,
      int hiddenSize,
      int heads,
      int intermediateSize,
      int vocabSize,
      int contextLength) {
    return new ModelConfig(
        architecture,
        layers,
        hiddenSize,
        heads,
        heads,
        hiddenSize / heads,
        intermediateSize,
        vocabSize,
        contextLength);
  }

  /** Returns the features of all query heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Returns the features of all key (or value) heads. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /** Returns the same sizes with another maximum of positions. */
  ModelConfig withContext(int positions) {
    return new ModelConfig(
        architecture,
        layers,
        hiddenSize,
        heads,
        kvHeads,
        headDim,
        intermediateSize,
        vocabSize,
        positions);
  }

  /** Returns the shape of the KV cache of a sequence. */
  public KvShape kvShape() {
    return new KvShape(layers, kvHeads, headDim, contextLength);
  }
}
