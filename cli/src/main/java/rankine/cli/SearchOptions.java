package rankine.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import rankine.common.EditException;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.search.LayerSelection;

/** Where a search looks. */
final class SearchOptions {
  /** Reads a layer, several, or {@code auto}. */
  static final class LayerSelectionConverter implements ITypeConverter<LayerSelection> {
    @Override
    public LayerSelection convert(String value) {
      try {
        return LayerSelection.parse(value);
      } catch (EditException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "A checkpoint.")
  Path model;

  @Option(
      names = {"--layer", "--layers"},
      required = true,
      converter = LayerSelectionConverter.class,
      paramLabel = "L",
      description =
          "From 0; -1 is every layer; auto is the deeper layer with the largest condition number."
              + " With --greedy also several, e.g. 0,3 or 20-27; there each is a candidate on its own,"
              + " with -1 too.")
  LayerSelection layers;

  @Option(
      names = "--module",
      required = true,
      paramLabel = "M",
      description =
          "q_proj, k_proj, v_proj, out_proj, fc_in, fc_up, fc_out, attn, mlp or all. With --greedy"
              + " also several, e.g. mlp,attn.")
  String module;

  @Mixin RateOptions rates;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      description =
          "Several seeds of the demonstrations, instead of --seed: the choice goes by the mean over"
              + " them, and each is tested on its own.")
  List<Long> seeds = List.of();

  @Option(
      names = "--greedy",
      description =
          "Keep the best edit and look for the next beside it, as long as one is better on"
              + " validation.")
  boolean greedy;

  @Option(
      names = "--steps",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "With --greedy: edits at most; 3.")
  Integer steps;

  /** The modules of a greedy search. */
  List<ModuleSelection> modules() {
    return Arrays.stream(module.split(",", -1)).map(ModuleSelection::of).toList();
  }
}
