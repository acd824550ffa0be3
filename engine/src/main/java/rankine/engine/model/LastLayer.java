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
   * @param layer a block; up to its {@link Op.AppendKv} it runs as it is
   * @param head begins with the {@link Op.GatherRows} of the residual stream, which is done by then
   */
  static List<Op> withHead(List<Op> layer, List<Op> head) {
    LastLayer last = new LastLayer();
    List<Op> stored = upToStore(layer);
    last.program.addAll(stored);
    for (Op op : layer.subList(stored.size(), layer.size())) {
      last.program.add(last.narrow(op));
    }
    for (Op op : head) {
      if (op instanceof Op.GatherRows(Slot in, Slot out)) {
        last.narrowed.put(out, last.read(in));
      } else {
        last.program.add(last.narrow(op));
      }
    }
    return List.copyOf(last.program);
  }

  /** What the last block leaves for later tokens: its keys and values. */
  static List<Op> upToStore(List<Op> layer) {
    for (int i = 0; i < layer.size(); i++) {
      if (layer.get(i) instanceof Op.AppendKv) {
        return layer.subList(0, i + 1);
      }
    }
    throw new IllegalArgumentException("a block without keys and values");
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
      case Op.Attention(int layer, Slot queries, int heads, float scale, Slot out) ->
          new Op.Attention(layer, read(queries), heads, scale, write(out));
      case Op.Gelu(Slot inOut) -> new Op.Gelu(read(inOut));
      case Op.SwiGlu(Slot inOut, Slot up) -> new Op.SwiGlu(read(inOut), read(up));
      case Op.Embed _, Op.AddPosition _, Op.Rotary _, Op.AppendKv _, Op.GatherRows _ ->
          throw new IllegalArgumentException("behind the keys and values of a block: " + op);
    };
  }

  /** The wanted rows of a slot, selected when they are first read. */
  private Slot read(Slot slot) {
    Slot known = narrowed.get(slot);
    if (known != null) {
      return known;
    }
    Slot logitRows = write(slot);
    program.add(new Op.GatherRows(slot, logitRows));
    return logitRows;
  }

  private Slot write(Slot slot) {
    return narrowed.computeIfAbsent(slot, s -> Slot.logitRows(s.name(), s.width()));
  }
}
