package rankine.engine.calibration;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import rankine.common.io.Sha256;
import rankine.engine.lowrank.BoundedCache;
import rankine.engine.lowrank.FactorCache;
import rankine.kernels.Matrix;

/**
 * Bases of one model's matrices: the recent ones in memory, up to 1 GiB, and all in a {@link
 * FactorCache} on disk. A basis serves every rank, so a search over rates reads the calibration
 * text once, and a second search not at all. On disk a basis is bound to the model and to its
 * {@link BasisKeys}; a damaged file is computed anew.
 */
public final class OutputBases {
  private static final long MAX_BYTES = 1L << 30;

  /** Incremented with every change of the computed values or of what is stored. */
  private static final int VERSION = 1;

  private final FactorCache disk;
  private final Supplier<String> model;
  private final BoundedCache<String, OutputBasis> memory =
      new BoundedCache<>(MAX_BYTES, OutputBasis::bytes);

  private boolean noRoomIsSaid;

  /**
   * Starts with nothing in memory.
   *
   * @param disk disabled, bases are kept in memory only
   * @param model the hash of the checkpoint; asked for only if the disk is used
   */
  public OutputBases(FactorCache disk, Supplier<String> model) {
    this.disk = disk;
    this.model = model;
  }

  /** Returns whether {@link #get} finds a basis, unless its file is damaged. */
  synchronized boolean has(String key) {
    return memory.get(key).isPresent() || (disk.isEnabled() && disk.has(onDisk(key)));
  }

  /**
   * Returns a basis.
   *
   * @param stored its matrix
   */
  synchronized Optional<OutputBasis> get(String key, Matrix stored) {
    Optional<OutputBasis> known = memory.get(key);
    if (known.isPresent() || !disk.isEnabled()) {
      return known;
    }
    Optional<OutputBasis> read =
        disk.arrays(onDisk(key)).flatMap(arrays -> OutputBasis.of(arrays, stored));
    read.ifPresent(basis -> memory.put(key, basis));
    return read;
  }

  /**
   * Keeps a basis.
   *
   * @param toDisk whether there is room for all of its pass: some alone save no pass
   */
  synchronized void put(String key, OutputBasis basis, boolean toDisk) {
    if (memory.get(key).isEmpty()) {
      memory.put(key, basis);
    }
    if (toDisk && disk.isEnabled()) {
      disk.store(onDisk(key), basis.arrays());
    }
  }

  /**
   * Returns whether the cache's limit allows {@code bytes}; says so the first time that it does
   * not.
   */
  synchronized boolean hasRoom(long bytes) {
    if (!disk.isEnabled() || (noRoomIsSaid && bytes > disk.maxBytes())) {
      return false;
    }
    noRoomIsSaid |= bytes > disk.maxBytes();
    return disk.hasRoom("calibration bases", bytes);
  }

  private String onDisk(String key) {
    return Sha256.hex(
        String.format(Locale.ROOT, "rankine bases %d\n%s\n%s\n", VERSION, model.get(), key));
  }
}
