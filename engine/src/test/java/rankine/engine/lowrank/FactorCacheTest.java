package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.lowrank.TestMatrices.TestMatrix;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.cpu.CpuBackend;

class FactorCacheTest {
  private static final SvdMethod EXACT = new ExactSvd();

  @TempDir private Path folder;

  private final List<String> notices = new CopyOnWriteArrayList<>();
  private final TestMatrix sample = TestMatrices.of(12, 17, TestMatrices.geometric(12, 3, 0.8), 1);

  private FactorCache cache() {
    return FactorCache.in(folder, notices::add);
  }

  private Svd decompose(Matrix w, SvdMethod method) {
    try (Backend backend = CpuBackend.scalar(1)) {
      return cache().decompose("w", w, method, backend);
    }
  }

  private List<Path> files() throws IOException {
    try (var list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }

  @Test
  void secondCallReadsTheSameBitsFromDisk() throws IOException {
    Svd first = decompose(sample.matrix(), EXACT);
    assertEquals(1, files().size());
    byte[] bytes = Files.readAllBytes(files().getFirst());
    assertEquals(64 + 12 * 8 + 12 * 4 * (12 + 17) + 8, bytes.length);
    var modified = Files.getLastModifiedTime(files().getFirst());
    Svd second = decompose(sample.matrix(), EXACT);
    ExactSvdTest.assertSame(first, second);
    assertEquals(modified, Files.getLastModifiedTime(files().getFirst()));
    assertTrue(notices.isEmpty(), notices.toString());
  }

  /** A valid file is read, not recomputed: its content is returned. */
  @Test
  void aValidFileIsUsed() throws IOException {
    Svd svd = decompose(sample.matrix(), EXACT);
    double[] s = svd.s().clone();
    s[0] = 1234;
    FactorKey key = FactorKey.of(sample.matrix(), EXACT, "scalar");
    FactorFile.write(files().getFirst(), key, new Svd(svd.u(), s, svd.v(), 0.5));
    Svd read = decompose(sample.matrix(), EXACT);
    assertEquals(1234, read.s()[0]);
    assertEquals(0.5, read.rest());
  }

  @Test
  void damagedFilesAreReportedAndRewritten() throws IOException {
    Svd svd = decompose(sample.matrix(), EXACT);
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = damage(whole, i, random);
      Files.write(file, damaged);
      notices.clear();
      ExactSvdTest.assertSame(svd, decompose(sample.matrix(), EXACT));
      assertEquals(1, notices.size(), "damage " + i);
      String notice = notices.getFirst();
      assertTrue(notice.startsWith(file + ": recomputed: "), notice);
      assertTrue(notice.contains("expected"), notice);
      assertEquals(1, notice.lines().count());
      assertArrayEquals(whole, Files.readAllBytes(file));
    }
    assertEquals(1, files().size(), "no temporary file remains");
  }

  private static byte[] damage(byte[] whole, int kind, Random random) {
    byte[] bytes = whole.clone();
    switch (kind % 5) {
      case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 2 -> {
        return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
      }
      case 3 -> bytes[kind / 5 % 64] ^= (byte) 0x80;
      default -> {
        int from = random.nextInt(bytes.length - 8);
        for (int i = from; i < from + 8; i++) {
          bytes[i] = (byte) ~bytes[i];
        }
      }
    }
    return bytes;
  }

  @Test
  void aFileWithAnotherKeyIsNotUsed() throws IOException {
    decompose(sample.matrix(), EXACT);
    byte[] first = Files.readAllBytes(files().getFirst());
    TestMatrix other = TestMatrices.of(12, 17, TestMatrices.geometric(12, 3, 0.8), 2);
    Svd svd = decompose(other.matrix(), EXACT);
    assertEquals(2, files().size());
    for (Path file : files()) {
      Files.write(file, first);
    }
    ExactSvdTest.assertSame(svd, decompose(other.matrix(), EXACT));
    assertEquals(1, notices.size());
    assertTrue(notices.getFirst().contains("key: expected "), notices.getFirst());
  }

  @Test
  void keyDependsOnEveryInput() {
    Matrix w = sample.matrix();
    float[] changed = sample.values().clone();
    changed[203] = Math.nextUp(changed[203]);
    Set<String> keys = new HashSet<>();
    List<FactorKey> all = new ArrayList<>();
    all.add(FactorKey.of(w, EXACT, "scalar"));
    all.add(FactorKey.of(w, EXACT, "vector"));
    all.add(FactorKey.of(Matrix.of(changed, 12, 17), EXACT, "scalar"));
    all.add(FactorKey.of(Matrix.of(sample.values(), 17, 12), EXACT, "scalar"));
    all.add(FactorKey.of(w.transposed(), EXACT, "scalar"));
    all.add(FactorKey.of(Matrix.of(sample.values(), 17, 12).transposed(), EXACT, "scalar"));
    for (RandomizedOptions options :
        List.of(
            new RandomizedOptions(3, 0, 2, 1),
            new RandomizedOptions(4, 0, 2, 1),
            new RandomizedOptions(3, 1, 2, 1),
            new RandomizedOptions(3, 0, 1, 1),
            new RandomizedOptions(3, 0, 2, 2))) {
      all.add(FactorKey.of(w, new RandomizedSvd(options), "scalar"));
    }
    all.forEach(key -> keys.add(key.hex()));
    assertEquals(all.size(), keys.size());
    assertEquals(
        FactorKey.of(w, EXACT, "scalar").hex(),
        FactorKey.of(Matrix.of(sample.values().clone(), 12, 17), EXACT, "scalar").hex());
  }

  /** For a column range of a larger tensor, the key depends on its own elements only. */
  @Test
  void keyIgnoresGapsBetweenRows() {
    float[] wide = new float[12 * 20];
    for (int i = 0; i < 12; i++) {
      System.arraycopy(sample.values(), 17 * i, wide, 20 * i, 17);
    }
    Matrix gaps = new Matrix(MemorySegment.ofArray(wide), DType.F32, 12, 17, 20, 1);
    String key = FactorKey.of(gaps, EXACT, "scalar").hex();
    assertEquals(FactorKey.of(sample.matrix(), EXACT, "scalar").hex(), key);
    wide[18] = 9;
    assertEquals(key, FactorKey.of(gaps, EXACT, "scalar").hex());
    wide[16] = 9;
    assertNotEquals(key, FactorKey.of(gaps, EXACT, "scalar").hex());
  }

  @Test
  void concurrentWritersAndReadersAgree() throws Exception {
    Svd expected;
    try (Backend backend = CpuBackend.scalar(1)) {
      expected = EXACT.decompose("w", sample.matrix(), backend);
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<Svd>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        results.add(pool.submit(() -> decompose(sample.matrix(), EXACT)));
      }
      for (Future<Svd> result : results) {
        ExactSvdTest.assertSame(expected, result.get());
      }
    }
    assertTrue(notices.isEmpty(), notices.toString());
    assertEquals(1, files().size());
  }

  @Test
  void anUnwritableCacheOnlyCausesANotice() throws IOException {
    Path blocked = folder.resolve("file");
    Files.writeString(blocked, "not a folder");
    try (Backend backend = CpuBackend.scalar(1)) {
      Svd svd =
          FactorCache.in(blocked.resolve("cache"), notices::add)
              .decompose("w", sample.matrix(), EXACT, backend);
      assertEquals(12, svd.rank());
    }
    assertEquals(1, notices.size());
    assertTrue(notices.getFirst().contains(": not stored: "), notices.getFirst());
  }

  @Test
  void anUnreadableFileIsRecomputed() throws IOException {
    Svd svd = decompose(sample.matrix(), EXACT);
    Path file = files().getFirst();
    Files.delete(file);
    Files.createDirectory(file);
    ExactSvdTest.assertSame(svd, decompose(sample.matrix(), EXACT));
    assertTrue(notices.getFirst().contains(": recomputed: "), notices.toString());
    assertEquals(List.of(file), files());
  }

  @Test
  void disabledCacheWritesNothing() throws IOException {
    try (Backend backend = CpuBackend.scalar(1)) {
      FactorCache.none().decompose("w", sample.matrix(), EXACT, backend);
    }
    assertTrue(files().isEmpty());
    assertFalse(FactorCache.none().folder().isPresent());
  }

  @Test
  void standardFolder() {
    Path home = Path.of("/home/x");
    assertEquals(Path.of("/home/x/.cache/rankine"), FactorCache.standardFolder(Map.of(), home));
    assertEquals(
        Path.of("/var/c/rankine"),
        FactorCache.standardFolder(Map.of("XDG_CACHE_HOME", "/var/c"), home));
    assertEquals(
        Path.of("/home/x/.cache/rankine"),
        FactorCache.standardFolder(Map.of("XDG_CACHE_HOME", "relative"), home));
  }
}
