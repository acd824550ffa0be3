package rankine.engine.edit;

import java.util.List;
import java.util.Locale;
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

  /** Copies the list. */
  public ModuleSelection {
    members = List.copyOf(members);
  }

  /**
   * Returns a matrix ({@code q_proj} … {@code fc_out}) or a group ({@code attn}, {@code mlp},
   * {@code all}).
   */
  public static ModuleSelection of(String name) {
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
