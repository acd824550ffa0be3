package rankine.kernels.tornado;

import rankine.kernels.cpu.CpuBackend;

/** The first device that TornadoVM finds: PoCL on the CPU counts. */
final class OnDevice {
  private OnDevice() {}

  /** A backend that checks itself at its start. */
  static TornadoBackend open() {
    return open(256L << 20, new DeviceSettings(true, true, 1000));
  }

  /**
   * A backend whose layers are compiled as a whole after so many runs, and which counts traffic.
   */
  static TornadoBackend open(long memory, int wholeAfter) {
    return open(memory, new DeviceSettings(false, true, wholeAfter));
  }

  private static TornadoBackend open(long memory, DeviceSettings settings) {
    return new TornadoBackend(Devices.open(0, memory), settings, CpuBackend.scalar(2));
  }
}
