package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.kernels.DType;

/** Programs of many layers, beside a PyTorch with known speed, on a device that lacks TF32. */
class LinearProgramRunsTest {
  /** 100 GFLOP/s in F32 and 400 in F16, 50 GB/s, and 1000 programs a second. */
  private static final String TORCH =
      """
      #!/bin/sh
      while read -r line; do
        case $line in
          *'"hello"'*) echo '{"name": "PyTorch", "version": "9", "detail": "stub"}' ;;
          *TF32*) echo '{"error": "no TF32"}' ;;
          *F16*'"fma"'*) echo '{"flops": 4e11}' ;;
          *'"fma"'*) echo '{"flops": 1e11}' ;;
          *'"read"'*) echo '{"bytes": 5e10}' ;;
          *'"products":3'*) echo '{"calls": 1000, "seconds": 1}' ;;
          *) echo '{"error": "unexpected request"}' ;;
        esac
      done
      """;

  @TempDir Path folder;

  @Test
  void fractionsOfThePeaksOfTheSameDevice() throws IOException {
    Path python = folder.resolve("python");
    Files.writeString(python, TORCH);
    assertTrue(python.toFile().setExecutable(true));
    List<String> flags = List.of("-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1");
    Contenders contenders =
        new Contenders(1, "scalar", 0, "cuda", flags, python.toString(), folder);
    List<Integer> ratiosAtTheEnd = new ArrayList<>();
    Results results = new Results(saved -> ratiosAtTheEnd.add(saved.ratios().size()));
    var workload =
        new LinearProgramRuns.LinearProgramWorkload(
            List.of(
                new LinearProgramRuns.LayerShape(1, 1000, 500),
                new LinearProgramRuns.LayerShape(5, 64, 128)),
            3,
            1e-3);
    new LinearProgramRuns(workload, contenders, new Interleaved(1, 1, 0, 0, 0), results).run();

    // Peaks, then a group for each shape: against F16, BF16 and F32.
    assertEquals(List.of(0, 3, 6), ratiosAtTheEnd);
    List<List<String>> rows = results.tables().getFirst().rows();
    assertEquals(2 * 9, rows.size());
    assertEquals(
        List.of("linear 1×1000→500", "Rankine, F16 weights"), rows.getFirst().subList(0, 2));
    assertEquals("Rankine, F32 weights, alone", rows.get(5).get(1));
    // 3000 layers a second of 10⁶ operations: 3 GFLOP/s; of 10⁶ bytes in F16: 3 GB/s.
    assertEquals(
        List.of(
            "linear 1×1000→500", "PyTorch F16", "333", "3.00", "0.030", "0.008", "3.00", "0.060"),
        rows.get(6));
    // F32 weights have twice the bytes.
    assertEquals(List.of("6.00", "0.120"), rows.get(8).subList(6, 8));
    assertTrue(
        results.remarks().contains("linear 5×64→128: PyTorch TF32: PyTorch: linear: no TF32."),
        results.remarks().toString());
    double ours = results.ratios().getFirst().ours().samples().median();
    assertEquals(ours / 3000, results.ratios().getFirst().value(), 1e-9);
  }

  @Test
  void requestsSurviveTheProtocol() {
    LinearRequest request = new LinearRequest(1, 64, 256, 0, DType.BF16, 16, 1 << 20, 8);
    assertEquals(request, LinearRequest.of(request.json()));
    // 16 layers of 2 · 64 · 256 bytes are 2¹⁹: two programs exceed the cache.
    assertEquals(2, request.copies());
    assertEquals(1 << 20, request.bytes());
    assertEquals(8, new LinearRequest(1, 64, 256, 0, DType.BF16, 1, 1 << 20, 8).copies());
  }

  @Test
  void aDeviceGetsTheLargeShapes() {
    assertEquals(
        List.of(
            new LinearProgramRuns.LayerShape(1, 4096, 16384),
            new LinearProgramRuns.LayerShape(1, 16384, 4096),
            new LinearProgramRuns.LayerShape(512, 4096, 16384),
            new LinearProgramRuns.LayerShape(512, 16384, 4096)),
        LinearProgramRuns.LinearProgramWorkload.large(4096).shapes());
    SvdRuns.SvdShape svd = SvdRuns.SvdShape.large(4096);
    assertEquals(List.of(204, 512), svd.ranks());
    assertEquals("4096×16384", svd.name());
  }
}
