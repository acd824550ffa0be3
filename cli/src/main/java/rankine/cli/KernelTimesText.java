package rankine.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import rankine.engine.profile.Crossover;
import rankine.engine.profile.KernelProfile;
import rankine.engine.profile.KernelTime;
import rankine.engine.profile.ProfileResult;
import rankine.engine.profile.TimingResult;

/** The kernel times of a profile as text, in at most 100 columns. */
final class KernelTimesText {
  private KernelTimesText() {}

  static void print(PrintStream out, ProfileResult.Kernels kernels) {
    out.printf(
        "%nkernel times: n samples of each kernel, interleaved; FLOP and bytes are computed, each operand"
            + "%ncounted once%n");
    for (KernelProfile profile : kernels.profiles()) {
      out.printf(
          "%nweight [%d, %d], stored as %s; edited matrix and factors F32%n"
              + "  kernels cycle through %.1f MiB of weights%n",
          profile.m(), profile.n(), profile.original(), kernels.poolBytes() / 0x1p20);
      names(out, profile.matrices());
      profile.phases().forEach(phase -> phase(out, phase));
    }
  }

  private static void names(PrintStream out, List<String> names) {
    out.printf(
        "  for %s%s%n",
        names.stream().limit(4).collect(Collectors.joining(", ")),
        names.size() > 4 ? " and " + (names.size() - 4) + " more" : "");
  }

  private static void phase(PrintStream out, KernelProfile.Phase phase) {
    out.printf("  %s, %d %s%n", phase.name(), phase.rows(), phase.rows() == 1 ? "row" : "rows");
    out.printf(
        "    %-14s %6s %-8s %10s %17s %3s %8s %8s %7s%n",
        "rate", "rank", "kernel", "median us", "quartiles", "n", "GFLOP/s", "GB/s", "FLOP/B");
    line(out, "", "", "original", phase.original());
    line(out, "", "", "dense", phase.dense());
    for (KernelProfile.AtRank at : phase.ranks()) {
      String rates =
          at.rates().isEmpty()
              ? "plan"
              : at.rates().stream().map(Object::toString).collect(Collectors.joining(","));
      line(out, rates, "" + at.rank(), "right", at.right());
      line(out, "", "", "left", at.left());
      line(out, "", "", "both", at.factored());
    }
    crossover(out, "the edited dense matrix", phase.crossover());
    phase.againstOriginal().ifPresent(c -> crossover(out, "the original matrix", c));
    out.printf("    --factored auto %s%n", verdict(phase));
  }

  private static void line(
      PrintStream out, String rates, String rank, String kernel, KernelTime time) {
    TimingResult t = time.timing();
    out.printf(
        "    %-14s %6s %-8s %10.4g %17s %3d %8.4g %8.4g %7.3g%n",
        rates.length() > 14 ? rates.substring(0, 13) + "…" : rates,
        rank,
        kernel,
        1e6 * t.median(),
        String.format(Locale.ROOT, "%.4g..%.4g", 1e6 * t.lower(), 1e6 * t.upper()),
        t.repetitions(),
        time.flopsPerSecond() / 1e9,
        time.bytesPerSecond() / 1e9,
        time.cost().intensity());
  }

  private static void crossover(PrintStream out, String with, Crossover c) {
    OptionalDouble measured = c.measured();
    out.printf(
        "    crossover with %s: rank %.1f by operation count,%n      %s%n",
        with,
        c.arithmetic(),
        measured.isPresent()
            ? "%.1f measured, between %d (factors faster) and %d (matrix faster)"
                .formatted(measured.getAsDouble(), c.below().getAsInt(), c.above().getAsInt())
            : c.below().isEmpty()
                ? "measured: the matrix is faster at every rank"
                : "measured: the factors are faster at every rank");
  }

  private static String verdict(KernelProfile.Phase phase) {
    List<String> wrong =
        phase.ranks().stream()
            .filter(phase::autoIsSlower)
            .map(
                at ->
                    "%d (%s is faster)"
                        .formatted(at.rank(), at.autoFactored() ? "dense" : "factored"))
            .toList();
    return wrong.isEmpty()
        ? "chooses no form that is clearly slower"
        : "chooses the slower form at rank " + String.join(", ", wrong);
  }
}
