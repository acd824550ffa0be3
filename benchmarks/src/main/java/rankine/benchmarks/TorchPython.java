package rankine.benchmarks;

import java.io.IOException;
import java.util.List;

/** Finds a Python interpreter that has PyTorch. */
final class TorchPython {
  /** The system's, which has the distribution's packages, and the first on PATH. */
  static final List<String> CANDIDATES = List.of("/usr/bin/python3", "python3");

  private TorchPython() {}

  /**
   * Returns the first interpreter that can import torch; if there is none, the first of the list.
   */
  static String find(List<String> candidates) throws IOException {
    for (String candidate : candidates) {
      try {
        Process process =
            new ProcessBuilder(candidate, "-c", "import torch, safetensors")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() == 0) {
          return candidate;
        }
      } catch (IOException e) {
        System.err.println(candidate + ": " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return candidates.getFirst();
  }
}
