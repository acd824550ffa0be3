package rankine.engine.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;

/**
 * A transformer as programs on one backend. Immutable and shared; an edit creates another model
 * that shares all other weights.
 *
 * @param config the sizes
 * @param embedding program from token ids to the residual stream
 * @param layers one program per block
 * @param head program from the residual stream to {@code logits}, for the logit rows
 * @param logits [logit rows, vocabSize]
 * @param longContext how longer sequences than those of {@code config} are computed, if they are
 */
public record Model(
    ModelConfig config,
    List<Op> embedding,
    List<List<Op>> layers,
    List<Op> head,
    Slot logits,
    Optional<LongContext> longContext) {

  /**
   * Rotary frequencies that depend on the length of a sequence (LongRoPE): a sequence that grows
   * past {@link ModelConfig#contextLength} is another one from its first token on.
   *
   * @param contextLength maximum positions of a longer sequence
   * @param within the frequencies of the model's programs
   * @param beyond those of longer sequences
   */
  record LongContext(int contextLength, RotaryFrequencies within, RotaryFrequencies beyond) {
    private Op rotated(Op op) {
      return op instanceof Op.Rotary r && r.frequencies().equals(within)
          ? new Op.Rotary(r.out(), r.heads(), r.headDim(), beyond, r.pairing())
          : op;
    }
  }

  /** Copies the lists. */
  public Model {
    embedding = List.copyOf(embedding);
    layers = layers.stream().map(List::copyOf).toList();
    head = List.copyOf(head);
  }

  /** Returns the same model with another program for one block. */
  public Model withLayer(int layer, List<Op> program) {
    List<List<Op>> changed = new ArrayList<>(layers);
    changed.set(layer, program);
    return new Model(config, embedding, changed, head, logits, longContext);
  }

  /** Returns the same model with other frequencies for longer sequences. */
  Model withLongContext(LongContext other) {
    return new Model(config, embedding, layers, head, logits, Optional.of(other));
  }

  /** Returns the maximum positions of a sequence, of whatever length. */
  public int longestContext() {
    return longContext.map(LongContext::contextLength).orElse(config.contextLength());
  }

  /**
   * Returns the model for sequences longer than the context of this one; empty if there are none.
   * It shares all weights.
   */
  public Optional<Model> forLongSequences() {
    return longContext.map(
        longer ->
            new Model(
                config.withContext(longer.contextLength),
                embedding,
                layers.stream().map(ops -> ops.stream().map(longer::rotated).toList()).toList(),
                head,
                logits,
                Optional.empty()));
  }

  /**
   * Returns the program that appends tokens to a sequence: from token ids to the keys and values of
   * every layer, without logits.
   */
  List<Op> appendProgram() {
    return program(LastLayer.upToAppendKv(layers.getLast()));
  }

  /** Returns {@link #appendProgram} followed by the operations to the logits of the logit rows. */
  public List<Op> scoringProgram() {
    return program(LastLayer.withHead(layers.getLast(), head));
  }

  private List<Op> program(List<Op> last) {
    List<Op> program = new ArrayList<>(embedding);
    layers.subList(0, layers.size() - 1).forEach(program::addAll);
    program.addAll(last);
    return List.copyOf(program);
  }

  /**
   * Returns the bytes of all slots of a batch of {@code tokenRows} tokens and {@code logitRows}
   * logit rows, in float32.
   */
  public long activationBytes(int tokenRows, int logitRows) {
    long bytes = 0;
    for (Slot slot : slots(scoringProgram())) {
      long rows =
          switch (slot.rows()) {
            case TOKENS -> tokenRows;
            case LOGIT_ROWS -> logitRows;
          };
      bytes += rows * slot.width() * Float.BYTES;
    }
    return bytes;
  }

  /**
   * Returns the bytes of the keys and values that a sequence of {@code tokens} needs at least, in
   * float32: a layer with an attention window needs only those within it.
   */
  public long cacheBytes(long tokens) {
    long bytes = 0;
    for (Op op : scoringProgram()) {
      if (op instanceof Op.Attention attention) {
        long positions = Math.min(tokens, attention.scores().window());
        bytes += 2 * positions * config.kvShape().width() * Float.BYTES;
      }
    }
    return bytes;
  }

  /** Returns all slots of a program. */
  public static Set<Slot> slots(List<Op> program) {
    Set<Slot> slots = new LinkedHashSet<>();
    for (Op op : program) {
      slots.addAll(op.reads());
      slots.addAll(op.writes());
    }
    return slots;
  }
}
