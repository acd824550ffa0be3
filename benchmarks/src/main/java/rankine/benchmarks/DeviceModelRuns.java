package rankine.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * Benchmarks a GPT-J on a device against PyTorch in each of its precisions there, one after the
 * other, and states Rankine's figures as fractions of the peaks that PyTorch reaches.
 */
final class DeviceModelRuns {
  private static final double GIGA = 1e9;

  /**
   * Elements of a layer's matrices, in squares of the hidden size: 4 of attention, 8 of the MLP.
   */
  private static final int SQUARES = 12;

  private final ModelRuns models;
  private final Contenders contenders;
  private final Results results;

  DeviceModelRuns(ModelRuns models, Contenders contenders, Results results) {
    this.models = models;
    this.contenders = contenders;
    this.results = results;
  }

  /** Measures the checkpoint at {@code model}, of weights of 16 bits. */
  void run(RandomModel random, RandomCheckpoint sizes, Path model) {
    MeasuredPeaks peaks = MeasuredPeaks.measure(contenders, results);
    String label = "GPT-J %d×%d".formatted(sizes.layers(), sizes.width());
    List<List<Rival>> rounds =
        TorchPrecision.on(contenders.torchDevice()).stream()
            .map(
                precision ->
                    List.of(
                        new Rival(
                            contenders.torch(model, precision), "", "", precision.maxDifference())))
            .toList();
    List<Results.Figure> ours = models.runInTurn(label, random, model, rounds);
    results.table(table(label, sizes, ours.getFirst(), ours.getLast(), peaks));
    results.groupEnds();
  }

  private static Results.Table table(
      String label,
      RandomCheckpoint sizes,
      Results.Figure prefill,
      Results.Figure decode,
      MeasuredPeaks peaks) {
    double layers = (double) SQUARES * sizes.layers() * sizes.width() * sizes.width();
    double flops = 2 * layers * prefill.samples().median(); // the head has one row
    double head = (double) sizes.vocab() * sizes.width();
    double bytes = sizes.dtype().bytes() * (layers + head) * decode.samples().median();
    return new Results.Table(
        label + ": Rankine's figures as fractions of the peaks that PyTorch reaches on the device",
        List.of(
            "what",
            "tokens/s",
            "GFLOP/s of the layers",
            "of the F32 peak",
            "of the F16 peak",
            "GB/s of the weights",
            "of the copy's"),
        List.of(
            List.of(
                prefill.what(),
                FigureText.show(prefill.samples().median()),
                FigureText.show(flops / GIGA),
                peaks.ofFlops(TorchPrecision.F32, flops),
                peaks.ofFlops(TorchPrecision.F16, flops),
                "",
                ""),
            List.of(
                decode.what(),
                FigureText.show(decode.samples().median()),
                "",
                "",
                "",
                FigureText.show(bytes / GIGA),
                peaks.ofBytes(bytes))));
  }
}
