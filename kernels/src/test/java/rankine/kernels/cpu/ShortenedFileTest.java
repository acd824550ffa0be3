package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.testdata.TestData;

/**
 * Compiled kernels that read a mapped file, which is then shortened: an {@link InternalError}, not
 * the end of the JVM. Runs in a JVM of its own.
 */
class ShortenedFileTest {
  @Test
  void aCompiledKernelThrows(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "@" + TestData.root().resolve("build-tools/mapped.jvm"),
                "-Xbatch", // compiled as soon as a method is hot
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("hs_err"),
                "-cp",
                System.getProperty("java.class.path"),
                KernelsOnMappedFile.class.getName(),
                folder.resolve("weights").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    int code = process.waitFor();
    assertEquals(0, code, Files.readString(out));
  }

  /** The program. */
  static final class KernelsOnMappedFile {
    private static final int LANES = Lanes.COUNT;
    private static final int FEATURES = 4 * LANES;
    private static final int ROW_BYTES = FEATURES * Float.BYTES;
    private static final int CALLS = 6_000;

    private KernelsOnMappedFile() {}

    /** Each kernel with loops over a segment, by name. */
    private static Map<String, Consumer<MemorySegment>> kernels() {
      Map<String, Consumer<MemorySegment>> kernels = new LinkedHashMap<>();
      float[] x = new float[4 * FEATURES];
      float[] to = new float[1 << 14];
      kernels.put(
          "row-major F32", w -> RowMajorGemvKernel.f32(x, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "row-major BF16", w -> RowMajorGemvKernel.bf16(x, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "row-major F16", w -> RowMajorGemvKernel.f16(x, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "two tokens F32", w -> TwoTokenKernel.f32(x, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "two tokens BF16", w -> TwoTokenKernel.bf16(x, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "two tokens F16", w -> TwoTokenKernel.f16(x, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "four tokens F32",
          w -> FourTokenKernel.f32(x, 0, 0, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "four tokens BF16",
          w -> FourTokenKernel.bf16(x, 0, 0, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "four tokens F16",
          w -> FourTokenKernel.f16(x, 0, 0, 0, 0, w, 0, ROW_BYTES, FEATURES, to, 0));
      kernels.put(
          "column-major F32",
          w -> ColumnMajorGemvKernel.f32(x, 0, w, 0, ROW_BYTES, 1, 1, FEATURES, to, 0));
      kernels.put(
          "column-major BF16",
          w -> ColumnMajorGemvKernel.bf16(x, 0, w, 0, ROW_BYTES, 1, 1, FEATURES, to, 0));
      kernels.put(
          "column-major F16",
          w -> ColumnMajorGemvKernel.f16(x, 0, w, 0, ROW_BYTES, 1, 1, FEATURES, to, 0));
      int tile = Float32MicroKernel.COLS;
      for (DType dtype : DType.values()) {
        kernels.put(
            "one row " + dtype, w -> RowMajorGemvKernel.row(x, 0, w, 0, dtype, FEATURES, to, 0));
        kernels.put(
            "last features " + dtype,
            w -> RowMajorGemvKernel.tail(x, 0, w, 0, dtype, LANES - 1, to, 0));
        kernels.put(
            "one column " + dtype,
            w -> ColumnMajorGemvKernel.column(2, w, 0, dtype, FEATURES, to, 0));
        kernels.put("widen " + dtype, w -> VectorLinear.widen(w, dtype, 0, FEATURES, to, 0));
        kernels.put(
            "panel " + dtype,
            w ->
                ColumnMajorPanel.pack(
                    new Matrix(w, dtype, tile, 4, 1, tile), 0, 1, 0, 4, to, new float[tile]));
      }
      if (LaneTranspose.supported()) {
        LaneTranspose transpose = new LaneTranspose();
        kernels.put("transpose", w -> transpose.read(w, 0, ROW_BYTES));
      }
      return kernels;
    }

    /** Creates, maps and shortens the file {@code args[0]}; exits with 0 if every kernel throws. */
    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      Files.write(file, new byte[1 << 18]);
      List<StandardOpenOption> modes = List.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
      try (Arena arena = Arena.ofShared();
          FileChannel channel = FileChannel.open(file, modes.toArray(StandardOpenOption[]::new))) {
        MemorySegment mapped =
            channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asSlice(1 << 17);
        Map<String, Consumer<MemorySegment>> kernels = kernels();
        kernels.forEach(
            (name, kernel) -> {
              for (int i = 0; i < CALLS; i++) {
                kernel.accept(mapped);
              }
            });
        channel.truncate(1 << 12);
        kernels.forEach(
            (name, kernel) -> System.out.println(name + ": " + failure(kernel, mapped)));
      }
      System.exit(failures == 0 ? 0 : 1);
    }

    private static int failures;

    private static String failure(Consumer<MemorySegment> kernel, MemorySegment mapped) {
      try {
        kernel.accept(mapped);
        failures++;
        return "no error";
      } catch (InternalError e) {
        return String.valueOf(e.getMessage());
      }
    }
  }
}
