package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rankine.common.BackendException;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.BackendProvider;
import rankine.kernels.Backends;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;
import rankine.kernels.cpu.CpuBackend;

/** Discovery, selection and self-check of the backend. */
class ProviderTest {
  @Test
  void providerFindsDevices() {
    BackendProvider provider = new TornadoProvider();
    assertEquals(Optional.empty(), provider.missing());
    assertTrue(provider.runtime().matches("TornadoVM \\d+\\.\\d+.*"), provider.runtime());
    assertFalse(provider.devices().isEmpty());
    assertTrue(provider.devices().getFirst().memoryBytes() > 0);
    assertTrue(
        Backends.statuses().stream().anyMatch(s -> s.name().equals("tornado") && s.usable()));
    BackendException none = assertThrows(BackendException.class, () -> provider.create(99));
    assertTrue(none.getMessage().startsWith("device: expected 0 to "), none.getMessage());
  }

  /** The faster backend depends on the machine; the measurement does not. */
  @Test
  void autoMeasures() {
    Backends.BackendChoice choice = Backends.open("auto", 2, 0);
    try (Backend backend = choice.backend()) {
      String other = backend.name().equals("tornado") ? "vector" : "tornado";
      assertTrue(
          choice
              .reason()
              .matches("measured faster than " + other + ": [\\d.]+ ms against [\\d.]+ ms"),
          choice.reason());
    }
  }

  @Test
  void theDevicePassesItsSelfCheck() {
    try (TornadoBackend device = OnDevice.open();
        CpuBackend scalar = CpuBackend.scalar(2);
        CpuBackend vector = CpuBackend.vector(2)) {
      for (Backend oracle : List.of(scalar, vector)) {
        SelfCheck.run(device, oracle);
        MatrixCheck.run(device, device.matrices(), oracle);
      }
    }
  }

  /** No array, kernel or transfer of such a device has float64. */
  @Test
  void withoutFloat64TheHostDecomposes() {
    OpenDevice found = Devices.open(0, 256L << 20);
    assertTrue(found.float64());
    try (TornadoBackend device =
            new TornadoBackend(
                new OpenDevice(found.device(), found.memory(), found.largestArray(), false),
                new DeviceSettings(true, false, 100, Integer.MAX_VALUE),
                CpuBackend.vector(2));
        CpuBackend scalar = CpuBackend.scalar(2)) {
      SelfCheck.run(device, scalar);
      MatrixCheck.run(device, device.matrices(), scalar);
      assertFalse(device.device().memory().hasDoubles());
      assertEquals(Optional.empty(), device.device().matrices());
    }
  }

  /** The self-check names a kernel that computes a wrong result. */
  @Test
  void aWrongKernelIsNamed() {
    try (CpuBackend scalar = CpuBackend.scalar(2)) {
      Backend wrong = new WrongBackend(scalar, "attentionOut");
      BackendException found =
          assertThrows(BackendException.class, () -> SelfCheck.run(wrong, scalar));
      assertTrue(found.getMessage().startsWith("kernel attention on "), found.getMessage());
      assertTrue(found.getMessage().contains("expected"), found.getMessage());
    }
  }

  /** Whatever the caller does after the first message, nothing runs on such a device. */
  @Test
  void aRefusedDeviceStaysRefused() {
    Backend oracle = new WrongBackend(CpuBackend.scalar(2), "attentionOut");
    try (TornadoBackend device =
        new TornadoBackend(
            Devices.open(0, 256L << 20),
            new DeviceSettings(true, false, 100, Integer.MAX_VALUE),
            oracle)) {
      String message = assertThrows(BackendException.class, device::device).getMessage();
      assertTrue(message.startsWith("kernel attention on "), message);
      assertEquals(message, assertThrows(BackendException.class, device::device).getMessage());
      assertEquals(message, assertThrows(BackendException.class, device::matrices).getMessage());
    }
  }

  /** A delegating backend that reads one slot wrongly. */
  private record WrongBackend(Backend backend, String slot) implements Backend {
    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public String description() {
      return backend.description();
    }

    @Override
    public Weight matrix(Matrix source) {
      return backend.matrix(source);
    }

    @Override
    public Weight vector(Matrix source) {
      return backend.vector(source);
    }

    @Override
    public KvCache cache(KvShape shape) {
      return backend.cache(shape);
    }

    @Override
    public Activations activations(Collection<Slot> slots, int tokenRows, int logitRows) {
      return backend.activations(slots, tokenRows, logitRows);
    }

    @Override
    public void run(List<Op> program, Activations activations, Batch batch) {
      backend.run(program, activations, batch);
    }

    @Override
    public void read(Activations activations, Slot read, int row, float[] into) {
      backend.read(activations, read, row, into);
      if (read.name().equals(slot)) {
        into[0] += 0.01f;
      }
    }

    @Override
    public void read(Activations activations, Slot read, int row, int count, MemorySegment into) {
      backend.read(activations, read, row, count, into);
    }

    @Override
    public void write(Activations activations, Slot of, int row, int count, MemorySegment from) {
      backend.write(activations, of, row, count, from);
    }

    @Override
    public double[][] logProbabilities(Activations activations, Slot logits, int[][] targets) {
      return backend.logProbabilities(activations, logits, targets);
    }

    @Override
    public int argmax(Activations activations, Slot of, int row) {
      return backend.argmax(activations, of, row);
    }

    @Override
    public MatrixOps matrices() {
      return backend.matrices();
    }

    @Override
    public void close() {
      backend.close();
    }
  }
}
