package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import rankine.common.io.Shown;
import rankine.engine.edit.EditPlan;
import rankine.engine.lowrank.KeptRank;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.Removal;
import rankine.engine.profile.ArgmaxChange;
import rankine.engine.profile.MatrixProfile;
import rankine.engine.profile.ModelEffect;
import rankine.engine.profile.ProfileResult;
import rankine.engine.profile.ProfileScope;

/**
 * The errors and changed predictions of a profile as text, in at most 100 columns; {@link
 * KernelTimesText} prints the times.
 */
final class ProfileText {
  private static final int LONGEST_TOKEN = 20;

  private ProfileText() {}

  /**
   * Prints {@code result}.
   *
   * @param flips maximum number of flips listed per rate
   */
  static void print(PrintStream out, ProfileResult result, int flips) {
    out.printf(
        "%s, method %s; %s: %d positions%n",
        scope(result.request().scope()),
        result.request().scope().plan().method().label(),
        result.text().source(),
        result.text().positions());
    result.matrices().forEach(matrix -> matrix(out, matrix));
    out.printf(
        "%nmodel with all of these matrices edited; KL(plain || edited) in nats per position%n");
    out.printf(
        "  %-6s %10s %10s  %s%n",
        "rate", "mean KL", "largest", "next-token flips" + hasExamples(result));
    result.effects().forEach(effect -> effect(out, effect));
    result.effects().forEach(effect -> flips(out, effect, flips));
    result.kernels().ifPresent(kernels -> KernelTimesText.print(out, kernels));
  }

  private static String scope(ProfileScope scope) {
    return switch (scope) {
      case ProfileScope.AtRates at ->
          "layer %s, module %s".formatted(SearchText.layer(at.layer()), at.modules().name());
      case ProfileScope.OfPlan(EditPlan plan) -> "plan of %d edits".formatted(plan.edits().size());
    };
  }

  private static String rate(Removal removal) {
    return switch (removal) {
      case PruningRate rate -> rate.toString();
      case ParameterRatio _, KeptRank _ -> "plan";
    };
  }

  private static String rate(ModelEffect effect) {
    return effect.rate().map(PruningRate::toString).orElse("plan");
  }

  private static String hasExamples(ProfileResult result) {
    return result.effects().getFirst().examples().isPresent()
        ? "      examples correct, flipped"
        : "";
  }

  private static void matrix(PrintStream out, MatrixProfile matrix) {
    out.printf(
        "%n%s [%d, %d] %s: relative errors (Frobenius)%n",
        matrix.name(), matrix.w().rows(), matrix.w().cols(), matrix.w().dtype());
    out.printf(
        "  %-6s %6s %8s %10s  %-21s %9s  %s%n",
        "rate",
        "rank",
        "energy",
        "matrix",
        "output error: dense",
        "factored",
        "dense-fact.; auto runs");
    for (MatrixProfile.AtRate at : matrix.rates()) {
      out.printf(
          "  %-6s %6s %8.4f %10.4g  %21s %9s  %-9s%s%n",
          rate(at.removal()),
          at.rank().isPresent() ? at.rank().getAsInt() : "-",
          at.energy(),
          at.relativeError(),
          number(at.output().dense()),
          number(at.output().factored()),
          number(at.output().difference()),
          at.autoFactored() ? "factored " + at.factoredType().orElseThrow() : dense(at));
    }
  }

  private static String dense(MatrixProfile.AtRate at) {
    return (at.removal().isZero() ? "original " : "dense ") + at.denseType().orElseThrow();
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.3g", value.getAsDouble()) : "-";
  }

  private static void effect(PrintStream out, ModelEffect effect) {
    String flipped =
        String.format(
            Locale.ROOT, "%d (%.1f %%)", effect.flips().size(), 100 * effect.flippedShare());
    String examples =
        effect
            .examples()
            .map(e -> "%d of %d, %d".formatted(e.correct(), e.n(), e.flips().size()))
            .orElse("");
    out.printf(
        "  %-6s %10.4g %10.4g  %s%n",
        rate(effect),
        effect.meanKl(),
        effect.maxKl(),
        "%-22s%s".formatted(flipped, examples).stripTrailing());
  }

  private static void flips(PrintStream out, ModelEffect effect, int most) {
    List<ModelEffect.ExampleFlip> examples =
        effect.examples().map(ModelEffect.Examples::flips).orElse(List.of());
    if (examples.isEmpty() && (effect.flips().isEmpty() || most == 0)) {
      return;
    }
    out.printf("%nflips %s%n", effect.rate().map(rate -> "at rate " + rate).orElse("of the plan"));
    for (ModelEffect.ExampleFlip flip : examples) {
      out.printf(
          "  %s: %s -> %s (gold %s)%n",
          flip.example(), shortened(flip.from()), shortened(flip.to()), shortened(flip.gold()));
    }
    for (ArgmaxChange flip : effect.flips().subList(0, Math.min(most, effect.flips().size()))) {
      out.printf(
          "  text %d, position %d, after %s: %s -> %s%n",
          flip.span(), flip.position(), token(flip.token()), token(flip.from()), token(flip.to()));
    }
    if (effect.flips().size() > most) {
      out.printf("  and %d more%n", effect.flips().size() - most);
    }
  }

  private static String token(ArgmaxChange.FlippedToken token) {
    return token.text().map(ProfileText::shortened).orElseGet(() -> "id " + token.id());
  }

  /** Quotes a text, shortened and on one line. */
  private static String shortened(String text) {
    String line =
        text.codePoints()
            .limit(LONGEST_TOKEN)
            .mapToObj(c -> c == '\n' ? "\\n" : Shown.isPlain(c) ? Character.toString(c) : "?")
            .collect(Collectors.joining());
    return "'" + line + (text.codePointCount(0, text.length()) > LONGEST_TOKEN ? "…'" : "'");
  }
}
