package rankine.engine.lowrank;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import rankine.common.EditException;
import rankine.common.io.AtomicFile;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/**
 * A disk cache of decompositions: one file each, named by the hash of all inputs (see {@link
 * FactorKey}). Files are written atomically, so processes may share a folder. Reading verifies key,
 * hash, and that the factors are those of the matrix ({@link FactorCheck}); an invalid file is
 * recomputed and replaced. A failed write causes a notice, not an error. A write deletes the oldest
 * files beyond the size limit.
 *
 * <p>Other results are kept as float64 arrays under a hash of the caller's, with the same care but
 * for the last check.
 *
 * @param folder the cache folder, created on first use; empty disables the cache
 * @param maxBytes limit of the size of all files; the newest stays even if it is larger
 * @param notice receives one line for the user if a file is invalid or cannot be written
 */
public record FactorCache(Optional<Path> folder, long maxBytes, Consumer<String> notice) {
  /** The default size limit: 10 GB. */
  public static final long MAX_BYTES = 10_000_000_000L;

  /** Returns a cache in {@code folder} with the default size limit. */
  public static FactorCache in(Path folder, Consumer<String> notice) {
    return in(folder, MAX_BYTES, notice);
  }

  /** Returns a cache in {@code folder}. */
  public static FactorCache in(Path folder, long maxBytes, Consumer<String> notice) {
    return new FactorCache(Optional.of(folder), maxBytes, notice);
  }

  /** Returns a disabled cache: {@code --no-cache}. */
  public static FactorCache none() {
    return new FactorCache(Optional.empty(), 0, line -> {});
  }

  /**
   * Returns the folder of the XDG base directory specification: {@code $XDG_CACHE_HOME/rankine} if
   * that is an absolute path, else {@code ~/.cache/rankine}; empty for a user without a home
   * folder, which Java reports as {@code ?}.
   *
   * @param environment as {@link System#getenv()}
   * @param home the user's home folder
   */
  public static Optional<Path> standardFolder(Map<String, String> environment, Path home) {
    Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    return Optional.of(xdg.isAbsolute() ? xdg : home.resolve(".cache"))
        .filter(Path::isAbsolute)
        .map(base -> base.resolve("rankine"));
  }

  /** As {@link #decompose(String, Matrix, Backend, Runnable)}, with nothing to check. */
  public Svd decompose(String name, Matrix w, Backend backend) {
    return decompose(name, w, backend, () -> {});
  }

  /**
   * Returns the exact decomposition of {@code w} from the cache, or computes and stores it. Both
   * give the same bits.
   *
   * @param name name of the matrix, for error messages
   * @param before runs before a decomposition that is not in the cache, which it may refuse
   * @throws EditException as in {@link SvdMethod#decompose}
   */
  public Svd decompose(String name, Matrix w, Backend backend, Runnable before) {
    ExactSvd method = new ExactSvd();
    if (folder.isEmpty()) {
      before.run();
      return method.decompose(name, w, backend);
    }
    FactorKey key = FactorKey.of(w, method, backend.name());
    Path file = folder.get().resolve(key.hex() + CacheFolder.EXTENSION);
    Optional<Svd> cached = read(file, key, w);
    if (cached.isPresent()) {
      return cached.get();
    }
    before.run();
    Svd svd = method.decompose(name, w, backend);
    if (!FactorKey.of(w, method, backend.name()).hex().equals(key.hex())) {
      // Stored, it would be taken for the decomposition of the weights that were there before.
      throw new EditException(name + ": expected weights that stay as they are, found others");
    }
    write(file, temporary -> FactorFile.write(temporary, key, svd));
    return svd;
  }

  /** Returns whether results are kept. */
  public boolean isEnabled() {
    return folder.isPresent();
  }

  /**
   * Returns whether {@code bytes} are within the limit; tells the user if not.
   *
   * @param what name of the data, for the notice
   */
  public boolean hasRoom(String what, long bytes) {
    if (bytes > maxBytes) {
      notice.accept(
          "%s: not stored: expected at most %,d bytes (--cache-limit), found %,d"
              .formatted(what, maxBytes, bytes));
    }
    return bytes <= maxBytes;
  }

  /**
   * Returns whether there is a file of arrays under a key.
   *
   * @param sha256 in hex, of everything that determines the arrays
   */
  public boolean has(String sha256) {
    return folder.isPresent() && Files.exists(arrayFile(sha256));
  }

  /**
   * Returns the arrays under a key; empty if there are none, or if the file is damaged, which is
   * said.
   */
  public Optional<List<double[]>> arrays(String sha256) {
    if (!has(sha256)) {
      return Optional.empty();
    }
    Path file = arrayFile(sha256);
    try {
      return Optional.of(ArrayFile.read(file, FactorKey.ofHex(sha256)));
    } catch (IOException e) {
      notice.accept(file + ": recomputed: " + describe(e));
      return Optional.empty();
    }
  }

  /** Keeps arrays under a key; at most sixteen. */
  public void store(String sha256, List<double[]> arrays) {
    FactorKey key = FactorKey.ofHex(sha256);
    write(arrayFile(sha256), temporary -> ArrayFile.write(temporary, key, arrays));
  }

  private Path arrayFile(String sha256) {
    return folder.orElseThrow().resolve(sha256 + CacheFolder.ARRAYS);
  }

  private Optional<Svd> read(Path file, FactorKey key, Matrix w) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Svd svd = FactorFile.read(file, key, w.rows(), w.cols());
      FactorCheck.check(svd, w, key.seed());
      return Optional.of(svd);
    } catch (IOException e) {
      notice.accept(file + ": recomputed: " + describe(e));
      return Optional.empty();
    }
  }

  private void write(Path file, AtomicFile.Writing contents) {
    try {
      CacheFolder files = new CacheFolder(file.getParent());
      files.create();
      AtomicFile.write(file, contents);
      files.shrink(maxBytes, file);
    } catch (IOException e) {
      notice.accept(file + ": not stored: " + describe(e));
    }
  }

  private static String describe(IOException e) {
    return e instanceof FactorFile.Damaged
        ? e.getMessage()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
