package rankine.engine.edit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.engine.model.Module;

/**
 * Which matrices of a block an edit is about: one, or a group, by the names of the paper's code.
 *
 * @param name as on the command line
 * @param members in the order of the block
 */
public record Modules(String name, List<Module> members) {
  private static final List<Modules> GROUPS =
      List.of(
          new Modules(
              "attn", List.of(Module.Q_PROJ, Module.K_PROJ, Module.V_PROJ, Module.OUT_PROJ)),
          new Modules("mlp", List.of(Module.FC_IN, Module.FC_UP, Module.FC_OUT)),
          new Modules("all", List.of(Module.values())));

  /** Copies the list. */
  public Modules {
    members = List.copyOf(members);
  }

  /**
   * A matrix ({@code q_proj} … {@code fc_out}) or a group ({@code attn}, {@code mlp}, {@code all}).
   */
  public static Modules of(String name) {
    List<Modules> known =
        Stream.concat(
                Stream.of(Module.values()).map(m -> new Modules(m.label(), List.of(m))),
                GROUPS.stream())
            .toList();
    return known.stream()
        .filter(m -> m.name.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new EditException(
                    "module: expected one of "
                        + known.stream().map(Modules::name).collect(Collectors.joining(", "))
                        + ", found '"
                        + name
                        + "'"));
  }
}
