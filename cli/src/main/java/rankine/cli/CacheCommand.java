package rankine.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.engine.lowrank.CacheFolder;
import rankine.engine.lowrank.FactorCache;

/** {@code cache}: the SVD results on disk. */
@Command(
    name = "cache",
    sortOptions = false,
    description = "Show the size of the cache of SVD and calibration results on disk, or clear it.")
final class CacheCommand implements Callable<Integer> {
  @Option(names = "--clear", description = "Delete all cached results; they are recomputed.")
  boolean clear;

  @Mixin CommonOptions common;

  @Override
  public Integer call() throws IOException {
    Path folder =
        CacheOptions.folder()
            .orElseThrow(
                () ->
                    new UsageException(
                        "cache: expected a home folder or $XDG_CACHE_HOME, found neither"));
    CacheFolder files = new CacheFolder(folder);
    CacheFolder.Usage deleted = clear ? files.clear() : new CacheFolder.Usage(0, 0);
    CacheFolder.Usage left = files.usage();
    if (common.json()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("folder", folder.toString());
      json.put("files", left.files()).put("bytes", left.bytes());
      json.put("default_limit_bytes", FactorCache.MAX_BYTES);
      json.put("deleted_files", deleted.files()).put("deleted_bytes", deleted.bytes());
      StandardOutput.document(json);
      return 0;
    }
    var out = StandardOutput.stdout();
    out.println(folder);
    if (clear) {
      out.printf("  deleted  %,d files, %,d bytes%n", deleted.files(), deleted.bytes());
    }
    out.printf("  holds    %,d files, %,d bytes%n", left.files(), left.bytes());
    out.printf("  limit    %,d bytes by default (--cache-limit)%n", FactorCache.MAX_BYTES);
    return 0;
  }
}
