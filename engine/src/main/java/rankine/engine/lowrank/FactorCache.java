package rankine.engine.lowrank;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import rankine.common.AtomicFile;
import rankine.common.EditException;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;

/**
 * Decompositions kept on disk, one file each, named by the hash of everything that decides them
 * (see {@link FactorKey}). A file appears whole or not at all, so processes may share a folder.
 * What is read is checked against its checksum and its key; a file that fails is computed anew and
 * replaced. A cache that cannot be written costs a notice, not the result.
 *
 * @param folder where the files lie, made on first use; empty: nothing is kept
 * @param notice takes one line for people where a file is not used or not written
 */
public record FactorCache(Optional<Path> folder, Consumer<String> notice) {
  /** A cache in {@code folder}. */
  public static FactorCache in(Path folder, Consumer<String> notice) {
    return new FactorCache(Optional.of(folder), notice);
  }

  /** No cache: {@code --no-cache}. */
  public static FactorCache none() {
    return new FactorCache(Optional.empty(), line -> {});
  }

  /**
   * The folder of the XDG base directory specification: {@code $XDG_CACHE_HOME/rankine} if that is
   * an absolute path, else {@code ~/.cache/rankine}.
   *
   * @param environment as {@link System#getenv()}
   * @param home the user's home folder
   */
  public static Path standardFolder(Map<String, String> environment, Path home) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = Path.of(xdg).isAbsolute() ? Path.of(xdg) : home.resolve(".cache");
    return base.resolve("rankine");
  }

  /**
   * The decomposition of {@code w}: from the cache, or computed and kept. Both give the same bits.
   *
   * @param name of the matrix, for messages
   * @throws EditException as {@link SvdMethod#decompose}
   */
  public Svd decompose(String name, Matrix w, SvdMethod method, Backend backend) {
    if (folder.isEmpty()) {
      return method.decompose(name, w, backend);
    }
    FactorKey key = FactorKey.of(w, method, backend.name());
    Path file = folder.get().resolve(key.hex() + ".svd");
    Optional<Svd> kept = read(file, key, w);
    if (kept.isPresent()) {
      return kept.get();
    }
    Svd svd = method.decompose(name, w, backend);
    write(file, key, svd);
    return svd;
  }

  private Optional<Svd> read(Path file, FactorKey key, Matrix w) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(FactorFile.read(file, key, w.rows(), w.cols()));
    } catch (IOException e) {
      notice.accept(file + ": computed anew: " + line(e));
      return Optional.empty();
    }
  }

  private void write(Path file, FactorKey key, Svd svd) {
    try {
      Files.createDirectories(file.getParent());
      AtomicFile.write(file, temporary -> FactorFile.write(temporary, key, svd));
    } catch (IOException e) {
      notice.accept(file + ": not kept: " + line(e));
    }
  }

  private static String line(IOException e) {
    return e instanceof FactorFile.Damaged
        ? e.getMessage()
        : e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
