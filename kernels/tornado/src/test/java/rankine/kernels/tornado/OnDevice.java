package rankine.kernels.tornado;

import rankine.kernels.cpu.CpuBackend;

/** Opens backends on the first device that TornadoVM finds; PoCL on the CPU counts. */
final class OnDevice {
  private OnDevice() {}

  /** A backend with its self-check. */
  static TornadoBackend open() {
    return open(256L << 20, new DeviceSettings(true, true, 1000, Integer.MAX_VALUE));
  }

  /** A backend that compiles segment graphs after this number of runs and counts transfers. */
  static TornadoBackend open(long memory, int segmentGraphAfter) {
    return open(memory, new DeviceSettings(false, true, segmentGraphAfter, Integer.MAX_VALUE));
  }

  /** The same on a device whose largest allocation is {@code largestArray} bytes. */
  static TornadoBackend open(long memory, int segmentGraphAfter, long largestArray) {
    OpenDevice found = Devices.open(0, memory);
    return new TornadoBackend(
        new OpenDevice(found.device(), memory, largestArray, found.float64()),
        new DeviceSettings(false, true, segmentGraphAfter, Integer.MAX_VALUE),
        CpuBackend.scalar(2));
  }

  /** The same, compiling the graph of a whole program after {@code programGraphAfter} runs. */
  static TornadoBackend openForPrograms(long memory, int programGraphAfter) {
    return open(memory, new DeviceSettings(false, true, 1000000, programGraphAfter));
  }

  private static TornadoBackend open(long memory, DeviceSettings settings) {
    return new TornadoBackend(Devices.open(0, memory), settings, CpuBackend.scalar(2));
  }
}
