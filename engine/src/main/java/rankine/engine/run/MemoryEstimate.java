package rankine.engine.run;

import rankine.engine.model.ModelConfig;

/**
 * Memory that a model needs, in bytes, estimated before anything is loaded.
 *
 * @param weights the checkpoint's files: memory-mapped, read as stored, shared between processes
 * @param kvCachePerToken keys and values of one position, float32
 * @param kvCacheFullContext keys and values of a sequence of the model's context length, float32
 * @param activations all slots of one batch, float32
 */
public record MemoryEstimate(
    long weights, long kvCachePerToken, long kvCacheFullContext, long activations) {

  /**
   * Estimates the memory of a model.
   *
   * @param weights bytes of the checkpoint's files
   * @param chunk rows (tokens) of a batch
   * @param logitRows logit rows of a batch
   */
  public static MemoryEstimate of(ModelConfig c, long weights, int chunk, int logitRows) {
    long perToken = c.kvShape().bytesPerPosition();
    long tokenWidth =
        2L * c.hiddenSize() + 2L * c.queryWidth() + 2L * c.kvWidth() + 2L * c.intermediateSize();
    long logitRowWidth = (long) c.hiddenSize() + c.vocabSize();
    return new MemoryEstimate(
        weights,
        perToken,
        perToken * c.contextLength(),
        Float.BYTES * (chunk * tokenWidth + logitRows * logitRowWidth));
  }
}
