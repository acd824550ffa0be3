package rankine.kernels.tornado;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.BackendException;
import rankine.kernels.Backend;
import rankine.kernels.BackendProvider;
import rankine.kernels.cpu.CpuBackend;

/**
 * Creates {@link TornadoBackend}s. It refers to no TornadoVM type, so it loads where TornadoVM is
 * absent.
 */
public final class TornadoProvider implements BackendProvider {
  /** Memory budget of a trial. */
  private static final long TRIAL_BYTES = 128L << 20;

  private static final Pattern JAR = Pattern.compile(".*/tornado-api-(.*)\\.jar");

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public Optional<String> missing() {
    if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
      return Optional.of(
          "expected TornadoVM's modules in this JVM, found none; ./rankine adds them with"
              + " --backend tornado where the SDK is installed (sdk install tornadovm"
              + " 5.2.0-jdk25-opencl)");
    }
    return Devices.missing();
  }

  @Override
  public String runtime() {
    return "TornadoVM "
        + ModuleLayer.boot()
            .configuration()
            .findModule("tornado.api")
            .flatMap(m -> m.reference().location())
            .map(location -> JAR.matcher(location.toString()))
            .filter(Matcher::matches)
            .map(jar -> jar.group(1))
            .orElse("of an unknown version");
  }

  @Override
  public List<DeviceInfo> devices() {
    return Devices.infos();
  }

  @Override
  public Backend create(int device) {
    return open(
        device,
        MemoryOption.bytes(System.getProperty("rankine.device.memory")),
        DeviceSettings.STANDARD);
  }

  @Override
  public Backend trial(int device) {
    return open(device, TRIAL_BYTES, DeviceSettings.TRIAL);
  }

  private Backend open(int device, long memory, DeviceSettings settings) {
    missing()
        .ifPresent(
            what -> {
              throw new BackendException("backend tornado: " + what);
            });
    OpenDevice hardware = Devices.open(device, memory);
    return new TornadoBackend(hardware, settings, host());
  }

  private static Backend host() {
    int threads = Runtime.getRuntime().availableProcessors();
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? CpuBackend.vector(threads)
        : CpuBackend.scalar(threads);
  }
}
