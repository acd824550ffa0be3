package rankine.engine.run;

import rankine.engine.model.ModelConfig;

/**
 * What a model needs in memory, in bytes, worked out before anything is loaded.
 *
 * @param weights the checkpoint's files: mapped, read as stored, shared with other processes
 * @param kvCachePerToken float32 keys and values of one position
 * @param kvCacheFullContext the same for the longest sequence that the model takes
 * @param activations float32, for a batch of the standard size
 */
public record MemoryEstimate(
    long weights, long kvCachePerToken, long kvCacheFullContext, long activations) {

  /** For a model of these sizes whose files have {@code weights} bytes. */
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
