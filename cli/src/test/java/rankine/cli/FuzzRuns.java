package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.PlanFile;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.Svd;
import rankine.engine.report.Report;
import rankine.engine.report.page.ReportPage;
import rankine.engine.sweep.RunFolder;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.Matrix;
import rankine.testdata.TestData;

/** Inputs that are files which Rankine itself writes. */
final class FuzzRuns {
  private static final int HASH_BYTES = 32;

  private FuzzRuns() {}

  /**
   * The input is a file of a run folder.
   *
   * @param name run.json or the cells file; the other one stays intact
   */
  static FuzzTarget.Input run(Path folder, String name) throws IOException {
    Files.copy(TestData.fuzz("run-identity").resolve("small"), folder.resolve("run.json"));
    Path cells = folder.resolve("cells-0-of-1.jsonl");
    Files.copy(TestData.fuzz("run-cells").resolve("small"), cells);
    Path file = folder.resolve(name);
    return bytes -> {
      Files.write(file, bytes);
      ReportPage.of(Report.of(RunFolder.read(folder)));
    };
  }

  /** The input is a plan of edits; what is read is written and read again. */
  static FuzzTarget.Input plan(Path folder) {
    Path file = folder.resolve("plan.json");
    return bytes -> {
      Files.write(file, bytes);
      EditPlan plan = PlanFile.read(file);
      Files.write(file, PlanFile.bytes(plan));
      if (!plan.equals(PlanFile.read(file))) {
        throw new IllegalStateException("another plan than was written");
      }
    };
  }

  /**
   * The input is the cached decomposition of a matrix, first as it is, then with its SHA-256
   * corrected. Whatever it holds, the decomposition is that of the matrix.
   */
  static FuzzTarget.Input factors(Path folder) throws IOException {
    Backend backend = Backends.open("scalar", 1, 0).backend();
    float[] values = {4, 0, 1, 0, 3, 0, 1, 2, 2, 5, 1, 0};
    Matrix matrix = Matrix.of(values, 4, 3);
    FactorCache cache = FactorCache.in(folder, notice -> {});
    Svd expected = cache.decompose("w", matrix, backend);
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    return bytes -> {
      byte[] repaired = bytes.clone();
      if (bytes.length >= HASH_BYTES) {
        int end = bytes.length - HASH_BYTES;
        System.arraycopy(sha256(Arrays.copyOf(bytes, end)), 0, repaired, end, HASH_BYTES);
      }
      for (byte[] content : List.of(bytes, repaired)) {
        Files.write(file, content);
        Svd found = cache.decompose("w", matrix, backend);
        for (int i = 0; i < expected.s().length; i++) {
          if (!(Math.abs(found.s()[i] - expected.s()[i]) < 1e-2)) {
            throw new IllegalStateException("another matrix's singular values are used");
          }
        }
      }
    };
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
