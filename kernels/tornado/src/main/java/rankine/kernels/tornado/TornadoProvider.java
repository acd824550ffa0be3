package rankine.kernels.tornado;

import rankine.kernels.Backend;
import rankine.kernels.BackendException;
import rankine.kernels.BackendProvider;
import rankine.kernels.cpu.CpuBackend;

/**
 * Gives {@link TornadoBackend}s. It names no type of TornadoVM, so it loads where that is absent.
 */
public final class TornadoProvider implements BackendProvider {
  private static final String INSTALL =
      "install TornadoVM (sdk install tornadovm), then start ./rankine again";

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public Backend create(int device) {
    missing();
    return new TornadoBackend(
        Devices.open(device, MemoryOption.bytes(System.getProperty("rankine.device.memory"))),
        TornadoBackend.Settings.STANDARD,
        host());
  }

  private static Backend host() {
    int threads = Runtime.getRuntime().availableProcessors();
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? CpuBackend.vector(threads)
        : CpuBackend.scalar(threads);
  }

  private static void missing() {
    if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
      throw new BackendException(
          "backend tornado: expected TornadoVM in this JVM, found none; " + INSTALL);
    }
  }
}
