package rankine.engine.run;

import java.util.List;
import rankine.engine.model.Model;
import rankine.engine.model.ModelConfig;
import rankine.kernels.Op;

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

  /** Positions are stored in blocks of this many. */
  private static final int BLOCK = 64;

  /**
   * Returns the bytes of the keys and values of a sequence. A layer with an attention window keeps
   * the positions that the window of a batch's first token reaches, in whole blocks.
   *
   * @param positions length of the sequence
   * @param chunk tokens of a batch
   */
  public static long kvCache(Model model, int positions, int chunk) {
    long perLayer = 2L * model.config().kvWidth() * Float.BYTES;
    long kept = 0;
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Attention attention) {
          kept += kept(attention.scores().window(), positions, chunk);
        }
      }
    }
    return perLayer * kept;
  }

  private static long kept(int window, int positions, int chunk) {
    long reached = (long) window + Math.min(chunk, positions) - 1;
    long blocks = (reached + BLOCK - 1) / BLOCK + 1; // the first and the last may be partly used
    return Math.min(positions, blocks * BLOCK);
  }

  /**
   * Estimates the memory of a model, without windows.
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
