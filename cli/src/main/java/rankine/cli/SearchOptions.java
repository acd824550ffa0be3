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
import rankine.engine.sweep.RateRule;

/** The checkpoint and the candidates of a search. */
final class SearchOptions {
  /** Parses a layer, several layers, or {@code auto}. */
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

  @Mixin ModelOption model;

  @Option(
      names = {"--layer", "--layers"},
      converter = LayerSelectionConverter.class,
      paramLabel = "L",
      description =
          "Layer, from 0; -1: every layer at once; auto: the layer of the deeper half whose weights"
              + " have the largest condition number. With --greedy also several, e.g. 0,3 or 20-27;"
              + " each layer is then a candidate of its own, for -1 too.")
  LayerSelection layers;

  @Option(
      names = "--module",
      paramLabel = "M",
      description =
          "Module, " + EditOptions.MODULES + ". With --greedy also several, e.g. mlp,attn.")
  String module;

  @Mixin RateOptions rates;

  @Option(
      names = "--ratios",
      split = ",",
      paramLabel = "R",
      description =
          "Instead of a layer and a module, the whole model: fractions of the parameters of every"
              + " matrix to remove, as --ratio in perplexity; 0 is the plain model.")
  List<String> ratios = List.of();

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "M",
      description =
          "With --ratios: several methods, of which one is chosen with its ratio: those of --method,"
              + " with whitened:block, asvd:group and so on for --sequential (default: the one of"
              + " --method).")
  List<String> methods = List.of();

  @Mixin RatioOptions ratioOptions;

  @Option(
      names = "--choose",
      paramLabel = "RULE",
      description =
          "Rate or ratio to choose: best: the best on validation, of tied rates the smallest; smallest: the"
              + " smallest that is not significantly worse than the best; largest-not-worse: the"
              + " largest that is not significantly worse than the plain model, for compression."
              + " Significant: Holm-corrected p <= 0.05 with any seed; few examples show few"
              + " differences (default: best).")
  RateRule choose = RateRule.BEST;

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      description =
          "Several demonstration seeds, instead of --seed: the rate is selected by the mean accuracy"
              + " over them, and each seed is tested (default: the one of --seed).")
  List<Long> seeds = List.of();

  @Option(
      names = "--greedy",
      description =
          "Greedy search: keep the best edit, then search the next one in addition, as long as"
              + " validation improves (default: one edit).")
  boolean greedy;

  @Option(
      names = "--steps",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description = "Maximum number of edits of --greedy (default: 3).")
  Integer steps;

  @Option(
      names = "--write-plan",
      paramLabel = "FILE",
      description =
          "Also write the chosen edits and their method to FILE, for --plan in eval, prune and other"
              + " commands; not with --ratios. With --method randomized it says which sketch the rates shared, so that"
              + " the model is the one that was tested (default: no file).")
  Path plan;

  /** The modules, of which a search that is not greedy has one. */
  List<ModuleSelection> modules() {
    return UsageException.distinct(
        "--module",
        Arrays.stream(module.split(",", -1))
            .map(name -> UsageException.parse("--module", name, ModuleSelection::of))
            .toList());
  }
}
