package rankine.engine.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.testdata.TestData;

/** The bases of a calibration pass on disk: the same bits, found by everything they depend on. */
class BasisCacheTest {
  /** Matrices that {@link #plan} edits. */
  private static final int MATRICES = 4;

  @TempDir Path folder;

  private final List<String> notices = new CopyOnWriteArrayList<>();
  private Path model = TestData.model("stories260K");
  private Path text = TestData.text("stories-calibration.txt");
  private int context = 16;
  private int windows = 3;
  private String ratio = "0.5";
  private double anchor = 0.5;
  private EditMethod method = EditMethod.WHITENED;
  private Calibration.Sequential sequential = Calibration.Sequential.NONE;

  private Path cacheFolder() {
    return folder.resolve("cache");
  }

  private FactorCache cache() {
    return FactorCache.in(cacheFolder(), notices::add);
  }

  private EditPlan plan() {
    return new EditPlan(
        List.of(Edit.parse("1:q_proj:ratio=" + ratio), Edit.parse("3:mlp:ratio=" + ratio)),
        method,
        FactoredMode.ALWAYS,
        SketchOptions.standard(0),
        Optional.of(Calibration.of(text, context, windows, sequential, anchor)));
  }

  /** The factors of every matrix, from a process of its own as it were. */
  private Map<String, float[]> factors(FactorCache cache) {
    try (LoadedModel loaded =
        LoadedModel.open(model, new BackendOptions("vector", 0, 2, false), cache)) {
      EditPlan plan = plan();
      MatrixEditor editor = loaded.editor(plan, (name, rank, error, done, total) -> {});
      Map<String, float[]> factors = new TreeMap<>();
      for (Edit edit : plan.edits()) {
        EditOverlay.matrices(loaded.original(), edit)
            .forEach(
                (name, w) -> {
                  var pair = (Replacement.FactorPair) editor.edit(name, w, edit.removal());
                  factors.put(name + " left", elements(pair.left()));
                  factors.put(name + " right", elements(pair.right()));
                });
      }
      return factors;
    }
  }

  private static float[] elements(Matrix a) {
    assertEquals(DType.F32, a.dtype());
    float[] all = new float[a.rows() * a.cols()];
    for (int i = 0; i < all.length; i++) {
      all[i] = a.get(i / a.cols(), i % a.cols());
    }
    return all;
  }

  private static void assertSame(Map<String, float[]> expected, Map<String, float[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, factor) -> assertArrayEquals(factor, found.get(name), name));
  }

  private Map<Path, FileTime> files() throws IOException {
    Map<Path, FileTime> files = new TreeMap<>();
    try (var list = Files.list(cacheFolder())) {
      for (Path file : list.toList()) {
        assertTrue(file.toString().endsWith(".arrays"), file.toString());
        files.put(file, Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @ParameterizedTest
  @CsvSource({
    "WHITENED, NONE",
    "ASVD, NONE",
    "WHITENED, BLOCK",
    "WHITENED, GROUP",
    "ANCHORED, NONE"
  })
  void aSecondPassReadsTheSameBits(EditMethod tried, Calibration.Sequential inputs)
      throws IOException {
    method = tried;
    sequential = inputs;
    Map<String, float[]> expected = factors(FactorCache.none());
    assertSame(expected, factors(cache()));
    Map<Path, FileTime> first = files();
    assertEquals(MATRICES, first.size());
    assertSame(expected, factors(cache()));
    assertEquals(first, files());

    // Files that are valid are what the factors come from: no pass gives these.
    for (Path file : first.keySet()) {
      String key = file.getFileName().toString().replace(".arrays", "");
      List<double[]> arrays = cache().arrays(key).orElseThrow();
      Arrays.setAll(arrays.getFirst(), i -> 2 * arrays.getFirst()[i]);
      cache().store(key, arrays);
    }
    Map<String, float[]> doubled = new TreeMap<>();
    expected.forEach(
        (name, factor) -> {
          float[] twice = factor.clone();
          for (int i = 0; i < twice.length; i++) {
            twice[i] *= 2;
          }
          doubled.put(name, twice);
        });
    assertSame(doubled, factors(cache()));
    assertEquals(List.of(), notices);
  }

  /** Every other input has files of its own, and its own bits. */
  @Test
  void whateverTheBitsDependOnIsInTheKey() throws IOException {
    factors(cache());
    ratio = "0.25";
    factors(cache());
    int known = MATRICES;
    assertEquals(known, files().size(), "a basis serves every ratio");
    List<Runnable> changes = new ArrayList<>();
    changes.add(() -> context = 15);
    changes.add(() -> windows = 2);
    changes.add(() -> text = TestData.text("stories-test.txt"));
    changes.add(() -> method = EditMethod.ASVD);
    changes.add(() -> sequential = Calibration.Sequential.GROUP);
    changes.add(() -> sequential = Calibration.Sequential.BLOCK);
    changes.add(() -> method = EditMethod.ANCHORED);
    changes.add(() -> anchor = 0.75);
    changes.add(() -> model = withAnotherConfig());
    for (Runnable change : changes) {
      change.run();
      assertSame(factors(FactorCache.none()), factors(cache()));
      known += MATRICES;
      assertEquals(known, files().size());
    }
    // What was compressed before a matrix counts where its inputs come from behind it.
    ratio = "0.75";
    assertSame(factors(FactorCache.none()), factors(cache()));
    assertEquals(known + MATRICES - 1, files().size(), "nothing is compressed before the first");
    assertEquals(List.of(), notices);
  }

  /** The same weights under another hash. */
  private Path withAnotherConfig() {
    try {
      Path copy = Files.createDirectory(folder.resolve("model"));
      for (String name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
        Files.copy(model.resolve(name), copy.resolve(name));
      }
      String config = Files.readString(model.resolve("config.json"));
      Files.writeString(copy.resolve("config.json"), config + "\n");
      return copy;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aDamagedFileIsComputedAnew() throws IOException {
    Map<String, float[]> expected = factors(cache());
    Path file = files().keySet().iterator().next();
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    flipped[bytes.length / 2] ^= 1;
    byte[] foreign = Files.readAllBytes(List.copyOf(files().keySet()).get(1));
    byte[] huge = bytes.clone();
    Arrays.fill(huge, 48, 55, (byte) 0xff);
    for (byte[] damaged :
        List.of(flipped, Arrays.copyOf(bytes, bytes.length - 1), new byte[0], foreign, huge)) {
      Files.write(file, damaged);
      assertSame(expected, factors(cache()));
      assertEquals(1, notices.size(), notices.toString());
      assertTrue(notices.getFirst().contains(": recomputed: "), notices.getFirst());
      assertArrayEquals(bytes, Files.readAllBytes(file));
      notices.clear();
    }
  }

  @Test
  void aPassLargerThanTheLimitIsNotStored() {
    Map<String, float[]> expected = factors(FactorCache.none());
    assertSame(expected, factors(FactorCache.in(cacheFolder(), 10_000, notices::add)));
    assertFalse(Files.exists(cacheFolder()));
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(
        notices.getFirst().contains("expected at most 10,000 bytes (--cache-limit), found "));
  }
}
