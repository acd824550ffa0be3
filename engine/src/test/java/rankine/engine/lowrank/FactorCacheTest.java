package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
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

  private Svd decompose(Matrix w) {
    try (Backend backend = CpuBackend.scalar(1)) {
      return cache().decompose("w", w, backend);
    }
  }

  private List<Path> files() throws IOException {
    try (var list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }

  @Test
  void secondCallReadsTheSameBitsFromDisk() throws IOException {
    Svd first = decompose(sample.matrix());
    assertEquals(1, files().size());
    byte[] bytes = Files.readAllBytes(files().getFirst());
    assertEquals(64 + 12 * 8 + 12 * 4 * (12 + 17) + 32, bytes.length);
    var modified = Files.getLastModifiedTime(files().getFirst());
    Svd second = decompose(sample.matrix());
    ExactSvdTest.assertSame(first, second);
    assertEquals(modified, Files.getLastModifiedTime(files().getFirst()));
    assertTrue(notices.isEmpty(), notices.toString());
  }

  /** A valid file is read, not recomputed: its content is returned. */
  @Test
  void aValidFileIsUsed() throws IOException {
    Svd svd = decompose(sample.matrix());
    double[] s = svd.s().clone();
    s[0] = Math.nextUp(s[0]);
    rewrite(new Svd(svd.u(), s, svd.v(), 0));
    assertEquals(s[0], decompose(sample.matrix()).s()[0]);
    assertTrue(notices.isEmpty(), notices.toString());
  }

  /** Replaces the only file by a valid one with the same key and other factors. */
  private void rewrite(Svd svd) throws IOException {
    FactorKey key = FactorKey.of(sample.matrix(), EXACT, "scalar");
    FactorFile.write(files().getFirst(), key, svd);
  }

  /** Key and hash are right in each of these files; the factors are those of another matrix. */
  @Test
  void factorsOfAnotherMatrixAreNotUsed() throws IOException {
    Svd svd = decompose(sample.matrix());
    double[] larger = svd.s().clone();
    larger[0] *= 1.01;
    double[] lost = svd.s().clone();
    lost[11] = Double.NaN;
    double[] ascending = svd.s().clone();
    ascending[11] = 2 * ascending[0];
    double norm = Math.sqrt(Arrays.stream(svd.s()).map(s -> s * s).sum());
    double[] half = Arrays.stream(svd.s()).map(s -> s / 4).toArray();
    TestMatrix other = TestMatrices.of(12, 17, TestMatrices.geometric(12, 3, 0.8), 2);
    Svd foreign;
    try (Backend backend = CpuBackend.scalar(1)) {
      foreign = EXACT.decompose("w", other.matrix(), backend);
    }
    for (Svd forged :
        List.of(
            new Svd(svd.u(), larger, svd.v(), 0),
            new Svd(svd.u(), lost, svd.v(), 0),
            new Svd(svd.u(), ascending, svd.v(), 0),
            new Svd(svd.u(), svd.s(), svd.v(), 0.5),
            new Svd(svd.u(), svd.s(), svd.v(), Double.NaN),
            new Svd(svd.u(), svd.s(), svd.v(), -1),
            // A residual that the singular values leave, and one whose square is infinite.
            new Svd(svd.u(), half, svd.v(), Math.sqrt(15) / 4 * norm),
            new Svd(svd.u(), half, svd.v(), 1e170),
            new Svd(doubled(svd.u()), half, doubled(svd.v()), 0),
            foreign)) {
      rewrite(forged);
      notices.clear();
      ExactSvdTest.assertSame(svd, decompose(sample.matrix()));
      assertEquals(1, notices.size());
      assertTrue(notices.getFirst().contains(": recomputed: "), notices.getFirst());
    }
  }

  private static Matrix doubled(Matrix columns) {
    float[] twice = new float[columns.rows() * columns.cols()];
    for (int c = 0; c < columns.cols(); c++) {
      for (int r = 0; r < columns.rows(); r++) {
        twice[c * columns.rows() + r] = 2 * columns.get(r, c);
      }
    }
    return new Matrix(
        MemorySegment.ofArray(twice), DType.F32, columns.rows(), columns.cols(), 1, columns.rows());
  }

  @Test
  void aMatrixOfZerosIsStoredAndRead() throws IOException {
    Matrix zeros = Matrix.of(new float[5 * 3], 5, 3);
    Svd first = decompose(zeros);
    assertEquals(1, files().size());
    ExactSvdTest.assertSame(first, decompose(zeros));
    assertArrayEquals(new double[1], first.s());
    assertEquals(1, first.u().get(0, 0));
    assertTrue(notices.isEmpty(), notices.toString());
  }

  /** A file of 12 · 17 elements has {@code size} bytes; the limit holds two. */
  @Test
  void theOldestFilesGoBeyondTheLimit() throws IOException {
    long size = 64 + 12 * 8 + 12 * 4 * (12 + 17) + 32;
    Path foreign = Files.writeString(folder.resolve("notes.svd"), "not of the cache");
    Path abandoned = folder.resolve("." + "0".repeat(64) + ".svd.x.tmp");
    Files.writeString(abandoned, "of a killed process");
    Files.setLastModifiedTime(abandoned, FileTime.fromMillis(0));
    Path running = folder.resolve("." + "1".repeat(64) + ".svd.x.tmp");
    Files.createFile(running);
    List<Path> written = new ArrayList<>();
    try (Backend backend = CpuBackend.scalar(1)) {
      FactorCache limited = FactorCache.in(folder, 2 * size, notices::add);
      for (int i = 0; i < 4; i++) {
        Matrix w = TestMatrices.of(12, 17, TestMatrices.geometric(12, 3, 0.8), i).matrix();
        limited.decompose("w", w, backend);
        Path file = folder.resolve(FactorKey.of(w, EXACT, "scalar").hex() + ".svd");
        // The order of writing, whatever the resolution of the file system's clock.
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000L * i));
        written.add(file);
      }
    }
    Set<Path> expected = Set.of(foreign, running, written.get(2), written.get(3));
    assertEquals(expected, Set.copyOf(files()));
    CacheFolder cached = new CacheFolder(folder);
    assertEquals(new CacheFolder.Usage(3, 2 * size), cached.usage());
    assertEquals(new CacheFolder.Usage(3, 2 * size), cached.clear());
    assertEquals(List.of(foreign), files());
    assertEquals(new CacheFolder.Usage(0, 0), new CacheFolder(folder.resolve("none")).usage());
    assertTrue(notices.isEmpty(), notices.toString());
  }

  @Test
  void theFolderIsItsOwners() throws IOException {
    Path inner = folder.resolve("a/b");
    try (Backend backend = CpuBackend.scalar(1)) {
      FactorCache.in(inner, notices::add).decompose("w", sample.matrix(), backend);
    }
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(inner)));
  }

  @Test
  void damagedFilesAreReportedAndRewritten() throws IOException {
    damageAndRewrite(40);
  }

  @Tag("thorough")
  @Test
  void moreDamagedFilesAreReportedAndRewritten() throws IOException {
    damageAndRewrite(320); // each byte of the header once
  }

  private void damageAndRewrite(int times) throws IOException {
    Svd svd = decompose(sample.matrix());
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(2);
    for (int i = 0; i < times; i++) {
      byte[] damaged = damage(whole, i, random);
      Files.write(file, damaged);
      notices.clear();
      ExactSvdTest.assertSame(svd, decompose(sample.matrix()));
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
    decompose(sample.matrix());
    byte[] first = Files.readAllBytes(files().getFirst());
    TestMatrix other = TestMatrices.of(12, 17, TestMatrices.geometric(12, 3, 0.8), 2);
    Svd svd = decompose(other.matrix());
    assertEquals(2, files().size());
    for (Path file : files()) {
      Files.write(file, first);
    }
    ExactSvdTest.assertSame(svd, decompose(other.matrix()));
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
        results.add(pool.submit(() -> decompose(sample.matrix())));
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
              .decompose("w", sample.matrix(), backend);
      assertEquals(12, svd.rank());
    }
    assertEquals(1, notices.size());
    assertTrue(notices.getFirst().contains(": not stored: "), notices.getFirst());
  }

  @Test
  void anUnreadableFileIsRecomputed() throws IOException {
    Svd svd = decompose(sample.matrix());
    Path file = files().getFirst();
    Files.delete(file);
    Files.createDirectory(file);
    ExactSvdTest.assertSame(svd, decompose(sample.matrix()));
    assertTrue(notices.getFirst().contains(": recomputed: "), notices.toString());
    assertEquals(List.of(file), files());
  }

  @Test
  void disabledCacheWritesNothing() throws IOException {
    try (Backend backend = CpuBackend.scalar(1)) {
      FactorCache.none().decompose("w", sample.matrix(), backend);
    }
    assertTrue(files().isEmpty());
    assertFalse(FactorCache.none().folder().isPresent());
  }

  @Test
  void standardFolder() {
    Path home = Path.of("/home/x");
    Optional<Path> inHome = Optional.of(Path.of("/home/x/.cache/rankine"));
    assertEquals(inHome, FactorCache.standardFolder(Map.of(), home));
    assertEquals(
        Optional.of(Path.of("/var/c/rankine")),
        FactorCache.standardFolder(Map.of("XDG_CACHE_HOME", "/var/c"), home));
    assertEquals(inHome, FactorCache.standardFolder(Map.of("XDG_CACHE_HOME", "relative"), home));
    assertEquals(Optional.empty(), FactorCache.standardFolder(Map.of(), Path.of("?")));
  }

  /** A decomposition that the memory does not suffice for may be there from another machine. */
  @Test
  void onlyWhatIsComputedCanBeRefused() {
    Svd first = decompose(sample.matrix());
    Runnable refusal =
        () -> {
          throw new IllegalStateException("too large");
        };
    try (Backend backend = CpuBackend.scalar(1)) {
      ExactSvdTest.assertSame(first, cache().decompose("w", sample.matrix(), backend, refusal));
      Matrix other = TestMatrices.of(5, 7, TestMatrices.geometric(5, 3, 0.8), 2).matrix();
      assertThrows(
          IllegalStateException.class, () -> cache().decompose("w", other, backend, refusal));
      assertThrows(
          IllegalStateException.class,
          () -> FactorCache.none().decompose("w", sample.matrix(), backend, refusal));
    }
  }
}
