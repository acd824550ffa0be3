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

  /** Every slot that a program names. */
  public Set<Slot> slots() {
    Set<Slot> slots = new LinkedHashSet<>();
    List<Op> all = new ArrayList<>(embedding);
    layers.forEach(all::addAll);
    all.addAll(head);
    for (Op op : all) {
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
      case Op.StoreKeysValues o -> List.of(o.keys(), o.values());
      case Op.Attend o -> List.of(o.queries(), o.out());
      case Op.Gelu o -> List.of(o.inOut());
      case Op.SiluGate o -> List.of(o.inOut(), o.up());
      case Op.Select o -> List.of(o.in(), o.out());
    };
  }
}
