package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.BackendException;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * Runs programs on a device of TornadoVM. The device's memory is taken when it is first needed: by
 * then the weights and the programs of the model are known.
 */
final class TornadoBackend implements Backend {
  /** Programs of one session that are kept as rows. */
  private static final int PROGRAMS = 8;

  private final OpenDevice hardware;
  private final DeviceSettings settings;
  private final Backend host;
  private final Residency residency = new Residency();
  private final RotaryTables rotary = new RotaryTables(residency);
  private final Set<List<DeviceKernel>> sequences = new LinkedHashSet<>();
  private final Map<List<DeviceKernel>, Integer> runs = new HashMap<>();
  private Device device;
  private TornadoMatrixOps matrices;

  /**
   * A backend on a device.
   *
   * @param host an oracle for the check at the start, and for small eigenvalue problems; closed
   *     with this
   */
  TornadoBackend(OpenDevice hardware, DeviceSettings settings, Backend host) {
    this.hardware = hardware;
    this.settings = settings;
    this.host = host;
  }

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public String description() {
    return hardware.description();
  }

  @Override
  public Weight matrix(Matrix source) {
    synchronized (residency) {
      return residency.matrix(source);
    }
  }

  @Override
  public Weight vector(Matrix source) {
    synchronized (residency) {
      return residency.vector(source);
    }
  }

  @Override
  public void prepare(List<Op> program) {
    if (device == null) {
      sequences.addAll(DeviceOp.sequences(program));
      hardware.sizes(residency);
    }
  }

  @Override
  public KvCache cache(KvShape shape) {
    device();
    return new TornadoKvCache(shape, residency);
  }

  @Override
  public Activations activations(Collection<Slot> slots, int tokenRows, int logitRows) {
    return new TornadoActivations(this, slots, tokenRows, logitRows);
  }

  /** The device, with its memory taken. */
  Device device() {
    if (device == null) {
      synchronized (residency) {
        device =
            new Device(
                hardware.device(), hardware.sizes(residency), sequences, settings.profiled());
        residency.open(device);
        if (settings.checked()) {
          SelfCheck.run(this, host);
        }
      }
    }
    return device;
  }

  @Override
  public void run(List<Op> program, Activations activations, Batch batch) {
    TornadoActivations storage = (TornadoActivations) activations;
    if (batch.rows() > storage.tokenRows() || batch.logitRows().length > storage.logitRows()) {
      throw new IllegalArgumentException(
          "batch: expected at most %d rows and %d wanted, found %d and %d"
              .formatted(
                  storage.tokenRows(),
                  storage.logitRows(),
                  batch.rows(),
                  batch.logitRows().length));
    }
    if (batch.rows() == 0) {
      return;
    }
    checkIds(program, batch);
    Device on = device();
    synchronized (residency) {
      storage.ensure(residency);
      BatchEncoding code = BatchEncoding.of(batch);
      EncodedProgram encoded = encoded(program, storage, batch, rotary.cover(code.positions()));
      FreeList tables = on.memory().tableSpace();
      int at = take(tables, code.ints().length);
      on.transfers().sendInts(on, code.ints(), at);
      on.control(OpEncoding.BATCH, at);
      on.control(OpEncoding.TOKENS, batch.rows());
      on.control(OpEncoding.LOGIT_ROWS, batch.logitRows().length);
      on.control(OpEncoding.WANTED_LIST, at + code.logitRowList());
      for (EncodedProgram.GraphSegment part : encoded.parts()) {
        run(on, encoded, part, batch);
      }
      tables.give(at);
    }
  }

  private static void checkIds(List<Op> program, Batch batch) {
    for (Op op : program) {
      if (op instanceof Op.Embed(Weight table, Slot _)) {
        for (Batch.Sequence sequence : batch.sequences()) {
          for (int id : sequence.ids()) {
            if (id < 0 || id >= table.rows()) {
              throw new IllegalArgumentException(
                  "token id: expected 0 to %d, found %d".formatted(table.rows() - 1, id));
            }
          }
        }
      }
    }
  }

  private static int take(FreeList tables, int ints) {
    int at = tables.take(ints);
    if (at < 0) {
      throw new BackendException(
          "device memory: tables: expected %d bytes free, found %d"
              .formatted(4L * ints, 4L * (tables.capacity() - tables.used())));
    }
    return at;
  }

  private EncodedProgram encoded(
      List<Op> program, TornadoActivations storage, Batch batch, int rotaryVersion) {
    FreeList tables = device.memory().tableSpace();
    EncodedProgram known = storage.programs().get(program);
    if (known != null && known.rotaryVersion() == rotaryVersion) {
      return known;
    }
    if (known != null || storage.programs().size() >= PROGRAMS) {
      storage.forget(residency, tables);
    }
    KvShape shape = ((TornadoKvCache) batch.sequences().getFirst().cache()).shape();
    List<DeviceOp> steps = DeviceOp.of(program);
    DeviceRange numbers = residency.floats(steps.size());
    float[] values = new float[steps.size()];
    int[] rows =
        new ProgramEncoder(storage, residency, rotary, shape).encode(steps, values, numbers.at());
    device.transfers().sendFloats(device, MemorySegment.ofArray(values), numbers.at());
    int at = take(tables, rows.length);
    device.transfers().sendInts(device, rows, at);
    EncodedProgram encoded =
        new EncodedProgram(program, steps, EncodedProgram.parts(steps), at, numbers, rotaryVersion);
    storage.programs().put(program, encoded);
    return encoded;
  }

  private void run(
      Device on, EncodedProgram encoded, EncodedProgram.GraphSegment part, Batch batch) {
    int tokens = batch.rows();
    int logitRows = batch.logitRows().length;
    List<DeviceKernel> kernels = DeviceOp.kernels(part.steps(), tokens, logitRows);
    Graph whole = on.graph(kernels);
    if (whole != null && runs.merge(kernels, 1, Integer::sum) > settings.wholeAfter()) {
      for (int i = 0; i < part.steps().size(); i++) {
        DeviceOp step = part.steps().get(i);
        whole.groups(i, step.groups(batch.rows(step.rows())));
      }
      on.control(OpEncoding.OPS, encoded.at() + part.from() * OpEncoding.INTS);
      on.run(whole);
      return;
    }
    for (int i = 0; i < part.steps().size(); i++) {
      DeviceOp step = part.steps().get(i);
      int rows = batch.rows(step.rows());
      if (step.groups(rows) > 0) {
        Graph graph = on.graph(step.kernel(rows));
        graph.groups(0, step.groups(rows));
        on.control(OpEncoding.OPS, encoded.at() + (part.from() + i) * OpEncoding.INTS);
        on.run(graph);
      }
    }
  }

  /** Gives back what a session held. */
  void release(TornadoActivations activations) {
    if (device != null) {
      synchronized (residency) {
        activations.release(residency, device.memory().tableSpace());
      }
    }
  }

  @Override
  public void read(Activations activations, Slot slot, int row, float[] into) {
    TornadoActivations storage = (TornadoActivations) activations;
    Device on = device();
    MemorySegment values = MemorySegment.ofArray(into).asSlice(0, 4L * slot.width());
    on.transfers().fetchFloats(on, storage.at(slot) + row * slot.width(), values);
  }

  @Override
  public void read(Activations activations, Slot slot, int row, int count, MemorySegment into) {
    int at = ((TornadoActivations) activations).at(slot) + row * slot.width();
    long bytes = (long) count * slot.width() * Float.BYTES;
    device().transfers().fetchFloats(device(), at, into.asSlice(0, bytes));
  }

  @Override
  public void write(Activations activations, Slot slot, int row, int count, MemorySegment from) {
    TornadoActivations storage = (TornadoActivations) activations;
    Device on = device();
    synchronized (residency) {
      storage.ensure(residency);
      long bytes = (long) count * slot.width() * Float.BYTES;
      on.transfers().sendFloats(on, from.asSlice(0, bytes), storage.at(slot) + row * slot.width());
    }
  }

  @Override
  public double[][] logProbabilities(Activations activations, Slot logits, int[][] targets) {
    int at = ((TornadoActivations) activations).at(logits);
    return device().scoring().logProbabilities(device(), at, logits.width(), targets);
  }

  @Override
  public int argmax(Activations activations, Slot slot, int row) {
    int at = ((TornadoActivations) activations).at(slot) + row * slot.width();
    return device().scoring().argmax(device(), at, slot.width());
  }

  @Override
  public MatrixOps matrices() {
    if (matrices == null) {
      matrices = new TornadoMatrixOps(residency, device(), host.matrices());
      if (settings.checked()) {
        MatrixCheck.run(this, matrices, host);
      }
    }
    return matrices;
  }

  /**
   * What crossed between host and device so far; nothing unless {@link DeviceSettings#profiled}.
   */
  Device.Traffic traffic() {
    return device == null ? Device.Traffic.NONE : device.traffic();
  }

  /** What is resident, in bytes. */
  long bytesUsed() {
    return device == null ? 0 : residency.bytesUsed();
  }

  @Override
  public void close() {
    if (device != null) {
      device.close();
      device = null;
    }
    host.close();
  }
}
