package rankine.engine.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * A transformer as programs on one backend. Immutable and shared; an edit makes another model that
 * shares all other weights.
 *
 * @param config its sizes
 * @param embedding token ids to the residual stream
 * @param layers a program for each block; all of the same structure
 * @param head the residual stream to {@code logits}, for the wanted rows
 * @param logits [wanted, vocabSize]
 */
public record Model(
    ModelConfig config, List<Op> embedding, List<List<Op>> layers, List<Op> head, Slot logits) {

  /** Copies the lists. */
  public Model {
    embedding = List.copyOf(embedding);
    layers = layers.stream().map(List::copyOf).toList();
    head = List.copyOf(head);
  }

  /** The same model with another program for one block. */
  public Model withLayer(int layer, List<Op> program) {
    List<List<Op>> changed = new ArrayList<>(layers);
    changed.set(layer, program);
    return new Model(config, embedding, changed, head, logits);
  }

  /**
   * Token ids to keys and values in every layer, and no further: what appending to a sequence
   * takes.
   */
  List<Op> appending() {
    return whole(LastLayer.upToStore(layers.getLast()));
  }

  /** As {@link #appending}, which it begins with, and on to the logits of the wanted rows. */
  public List<Op> scoring() {
    return whole(LastLayer.withHead(layers.getLast(), head));
  }

  private List<Op> whole(List<Op> last) {
    List<Op> program = new ArrayList<>(embedding);
    layers.subList(0, layers.size() - 1).forEach(program::addAll);
    program.addAll(last);
    return List.copyOf(program);
  }

  /** Every slot that a program names. */
  public static Set<Slot> slots(List<Op> program) {
    Set<Slot> slots = new LinkedHashSet<>();
    for (Op op : program) {
      slots.addAll(slotsOf(op));
    }
    return slots;
  }

  private static List<Slot> slotsOf(Op op) {
    return switch (op) {
      case Op.Embed o -> List.of(o.out());
      case Op.AddPosition o -> List.of(o.inOut());
      case Op.LayerNorm o -> List.of(o.in(), o.out());
      case Op.RmsNorm o -> List.of(o.in(), o.out());
      case Op.Linear o -> List.of(o.in(), o.out());
      case Op.Rotary o -> List.of(o.inOut());
      case Op.AppendKv o -> List.of(o.keys(), o.values());
      case Op.Attention o -> List.of(o.queries(), o.out());
      case Op.Gelu o -> List.of(o.inOut());
      case Op.SwiGlu o -> List.of(o.inOut(), o.up());
      case Op.GatherRows o -> List.of(o.in(), o.out());
    };
  }
}
