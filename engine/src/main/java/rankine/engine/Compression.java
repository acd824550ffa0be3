package rankine.engine;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Compression of a whole model to low rank.
 *
 * @param ratio fraction of each matrix's parameters that is removed, in [0, 1)
 * @param method exact or randomized (a truncated SVD); asvd, whitened or anchored, which keep what
 *     a matrix puts out on the calibration text
 * @param calibration UTF-8 text for the latter three, and for no other method
 * @param context tokens of a calibration window
 * @param windows number of calibration windows, from the start of the text
 * @param sequential whose inputs asvd and whitened see: {@code none} (the original model's), {@code
 *     block} or {@code group} (those after what is compressed so far)
 * @param anchor share of the original model's outputs in the target of method anchored, in [0, 1]
 * @param allocation {@code uniform}, or with a calibration {@code loss}: as many parameters in all,
 *     spent where the output error on the text falls most
 * @param rankMultiple ranks are rounded up to a multiple of it, at least 1
 * @param skippedLayers layers that stay as they are, from 0
 */
public record Compression(
    double ratio,
    String method,
    Optional<Path> calibration,
    int context,
    int windows,
    String sequential,
    double anchor,
    String allocation,
    int rankMultiple,
    List<Integer> skippedLayers) {
  /** Copies the list. */
  public Compression {
    skippedLayers = List.copyOf(skippedLayers);
  }

  private static Compression of(double ratio, String method, Optional<Path> calibration) {
    return new Compression(
        ratio, method, calibration, 256, 64, "none", 0.5, "uniform", 1, List.of());
  }

  /** Returns truncation by exact SVD. */
  public static Compression exact(double ratio) {
    return of(ratio, "exact", Optional.empty());
  }

  /** Returns compression by a method that reads a text: 64 windows of 256 tokens. */
  public static Compression calibrated(double ratio, String method, Path text) {
    return of(ratio, method, Optional.of(text));
  }

  /** Returns this compression with other windows of the calibration text. */
  public Compression withWindows(int count, int tokens) {
    return new Compression(
        ratio,
        method,
        calibration,
        tokens,
        count,
        sequential,
        anchor,
        allocation,
        rankMultiple,
        skippedLayers);
  }

  /** Returns this compression with other inputs. */
  public Compression withSequential(String name) {
    return new Compression(
        ratio,
        method,
        calibration,
        context,
        windows,
        name,
        anchor,
        allocation,
        rankMultiple,
        skippedLayers);
  }

  /** Returns this compression with another allocation. */
  public Compression withAllocation(String name) {
    return new Compression(
        ratio,
        method,
        calibration,
        context,
        windows,
        sequential,
        anchor,
        name,
        rankMultiple,
        skippedLayers);
  }

  /** Returns this compression with other layers left as they are. */
  public Compression withSkippedLayers(Integer... layers) {
    return new Compression(
        ratio,
        method,
        calibration,
        context,
        windows,
        sequential,
        anchor,
        allocation,
        rankMultiple,
        Arrays.asList(layers));
  }
}
