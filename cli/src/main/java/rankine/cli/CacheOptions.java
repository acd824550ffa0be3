package rankine.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.FactorCache;

/** The options of the SVD cache on disk. */
final class CacheOptions {
  private static final long GIGABYTE = 1_000_000_000;

  @Option(
      names = "--no-cache",
      description =
          "Neither read nor write the cache of SVD and calibration results on disk (default: in"
              + " $XDG_CACHE_HOME/rankine or ~/.cache/rankine).")
  boolean noCache;

  @Option(
      names = "--cache-limit",
      converter = RangeConverters.Positive.class,
      paramLabel = "GB",
      description =
          "Size limit of that cache in GB of 10^9 bytes; the oldest files go first (default: 10).")
  int gigabytes = (int) (FactorCache.MAX_BYTES / GIGABYTE);

  FactorCache cache(CommonOptions common) {
    Optional<Path> folder = folder();
    if (!noCache && folder.isEmpty()) {
      common.remark("cache: not used: expected a home folder or $XDG_CACHE_HOME, found neither");
    }
    return noCache || folder.isEmpty()
        ? FactorCache.none()
        : FactorCache.in(folder.get(), gigabytes * GIGABYTE, common::remark);
  }

  /** Returns the folder of the cache; empty if there is no place for it. */
  static Optional<Path> folder() {
    return FactorCache.standardFolder(System.getenv(), Path.of(System.getProperty("user.home")));
  }
}
