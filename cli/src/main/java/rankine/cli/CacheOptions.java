package rankine.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.FactorCache;

/** The option that turns the SVD cache on disk off. */
final class CacheOptions {
  @Option(
      names = "--no-cache",
      description =
          "Neither read nor write the cache of SVD results on disk (default: cached in"
              + " $XDG_CACHE_HOME/rankine or ~/.cache/rankine).")
  boolean noCache;

  FactorCache cache(CommonOptions common) {
    if (noCache) {
      return FactorCache.none();
    }
    Path home = Path.of(System.getProperty("user.home"));
    return FactorCache.in(FactorCache.standardFolder(System.getenv(), home), common::remark);
  }
}
