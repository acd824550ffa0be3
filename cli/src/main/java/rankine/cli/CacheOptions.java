package rankine.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.FactorCache;

/** Whether decompositions are kept on disk. */
final class CacheOptions {
  @Option(
      names = "--no-cache",
      description =
          "Keep no decompositions on disk; otherwise they lie in $XDG_CACHE_HOME/rankine, or"
              + " ~/.cache/rankine.")
  boolean noCache;

  FactorCache cache(CommonOptions common) {
    if (noCache) {
      return FactorCache.none();
    }
    Path home = Path.of(System.getProperty("user.home"));
    return FactorCache.in(FactorCache.standardFolder(System.getenv(), home), common::remark);
  }
}
