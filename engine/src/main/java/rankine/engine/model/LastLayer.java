package rankine.engine.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * The last block and the head, for the wanted rows only: behind the last keys and values no other
 * row's activations are read by anybody. The operations and their order in a row are the same, and
 * so are the bits.
 */
final class LastLayer {
  private final List<Op> program = new ArrayList<>();

  /** Each slot with a row a token, and what stands for it with a row a wanted token. */
  private final Map<Slot, Slot> narrowed = new LinkedHashMap<>();

  private LastLayer() {}

  /**
   * The last block followed by the head.
   *
   * @param layer a block; up to its {@link Op.StoreKeysValues} it runs as it is
   * @param head begins with the {@link Op.Select} of the residual stream
   */
  static List<Op> of(List<Op> layer, List<Op> head) {
    LastLayer last = new LastLayer();
    boolean stored = false;
    for (Op op : layer) {
      if (stored) {
        last.program.add(last.narrow(op));
      } else {
        last.program.add(op);
        stored = op instanceof Op.StoreKeysValues;
      }
    }
    for (Op op : head) {
      last.program.add(
          op instanceof Op.Select(Slot in, Slot out) ? new Op.Copy(last.read(in), out) : op);
    }
    return List.copyOf(last.program);
  }

  private Op narrow(Op op) {
    return switch (op) {
      case Op.LayerNorm(Slot in, var scale, var shift, float epsilon, Slot out) ->
          new Op.LayerNorm(read(in), scale, shift, epsilon, write(out));
      case Op.RmsNorm(Slot in, var scale, float epsilon, Slot out) ->
          new Op.RmsNorm(read(in), scale, epsilon, write(out));
      case Op.Linear(String name, Slot in, var weight, var bias, boolean accumulate, Slot out) ->
          new Op.Linear(
              name, read(in), weight, bias, accumulate, accumulate ? read(out) : write(out));
      case Op.Attend(int layer, Slot queries, int heads, float scale, Slot out) ->
          new Op.Attend(layer, read(queries), heads, scale, write(out));
      case Op.Gelu(Slot inOut) -> new Op.Gelu(read(inOut));
      case Op.SiluGate(Slot inOut, Slot up) -> new Op.SiluGate(read(inOut), read(up));
      case Op.Embed _,
          Op.AddPosition _,
          Op.Rotary _,
          Op.StoreKeysValues _,
          Op.Select _,
          Op.Copy _ ->
          throw new IllegalArgumentException("behind the keys and values of a block: " + op);
    };
  }

  /** The wanted rows of a slot, selected when they are first read. */
  private Slot read(Slot slot) {
    Slot known = narrowed.get(slot);
    if (known != null) {
      return known;
    }
    Slot wanted = write(slot);
    program.add(new Op.Select(slot, wanted));
    return wanted;
  }

  private Slot write(Slot slot) {
    return narrowed.computeIfAbsent(slot, s -> Slot.wanted(s.name(), s.width()));
  }
}
