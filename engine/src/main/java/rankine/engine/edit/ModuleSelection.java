package rankine.engine.edit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.common.EditException;
import rankine.engine.model.Module;

/**
 * The matrices of a block that an edit selects: one matrix or a group, named as in the paper's
 * code.
 *
 * @param name name on the command line
 * @param members in block order
 */
public record ModuleSelection(String name, List<Module> members) {
  private static final List<ModuleSelection> GROUPS =
      List.of(
          new ModuleSelection(
              "attn", List.of(Module.Q_PROJ, Module.K_PROJ, Module.V_PROJ, Module.OUT_PROJ)),
          new ModuleSelection("mlp", List.of(Module.FC_IN, Module.FC_UP, Module.FC_OUT)),
          new ModuleSelection("all", List.of(Module.values())));

  /**
   * The names that checkpoints of LLaMA, GPT-2, GPT-NeoX and OPT give to matrices that they share
   * with no other. {@code c_proj} is two of GPT-2's.
   */
  private static final Map<String, Module> NAMES_ELSEWHERE =
      Map.ofEntries(
          Map.entry("o_proj", Module.OUT_PROJ),
          Map.entry("attn.c_proj", Module.OUT_PROJ),
          Map.entry("attention.dense", Module.OUT_PROJ),
          Map.entry("gate_proj", Module.FC_IN),
          Map.entry("c_fc", Module.FC_IN),
          Map.entry("dense_h_to_4h", Module.FC_IN),
          Map.entry("fc1", Module.FC_IN),
          Map.entry("up_proj", Module.FC_UP),
          Map.entry("down_proj", Module.FC_OUT),
          Map.entry("mlp.c_proj", Module.FC_OUT),
          Map.entry("dense_4h_to_h", Module.FC_OUT),
          Map.entry("fc2", Module.FC_OUT));

  /** Copies the list. */
  public ModuleSelection {
    members = List.copyOf(members);
  }

  /**
   * Returns a matrix ({@code q_proj} … {@code fc_out}) or a group ({@code attn}, {@code mlp},
   * {@code all}). A matrix may have the name that its checkpoints give it, such as {@code
   * gate_proj}; the result has ours.
   */
  public static ModuleSelection of(String name) {
    Module elsewhere = NAMES_ELSEWHERE.get(name.toLowerCase(Locale.ROOT));
    if (elsewhere != null) {
      return new ModuleSelection(elsewhere.label(), List.of(elsewhere));
    }
    List<ModuleSelection> known =
        Stream.concat(
                Stream.of(Module.values()).map(m -> new ModuleSelection(m.label(), List.of(m))),
                GROUPS.stream())
            .toList();
    return known.stream()
        .filter(m -> m.name.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new EditException(
                    "module: expected one of "
                        + known.stream()
                            .map(ModuleSelection::name)
                            .collect(Collectors.joining(", "))
                        + ", found '"
                        + name
                        + "'"));
  }
}
