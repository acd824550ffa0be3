package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Runs programs on a TornadoVM device. The device memory is allocated on first use: by then the
 * model's weights and programs are registered.
 */
final class TornadoBackend implements Backend {
  /** Maximum number of encoded programs per session. */
  private static final int MAX_PROGRAMS = 8;

  private final OpenDevice hardware;
  private final DeviceSettings settings;
  private final Backend host;
  private final Residency residency = new Residency();
  private final RotaryTables rotary = new RotaryTables(residency);
  private final Set<List<DeviceKernel>> sequences = new LinkedHashSet<>();
  private final Map<List<DeviceKernel>, Integer> runs = new HashMap<>();
  private Device device;
  private MatrixOps matrices;

  /** Why the device is not used: the self-check found a difference. */
  private BackendException refused;

  /**
   * Creates a backend on a device.
   *
   * @param host oracle of the self-check, and solver of the matrix problems that exceed the device
   *     kernels' limits; closed with this backend
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
      sequences.addAll(DeviceProgram.sequences(program));
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

  /** Returns the device; opens it on first use: allocates its memory and runs the self-check. */
  Device device() {
    requireAccepted();
    if (device == null) {
      synchronized (residency) {
        device =
            new Device(
                hardware.device(), hardware.sizes(residency), sequences, settings.profiled());
        residency.open(device);
        check(() -> SelfCheck.run(this, host));
      }
    }
    return device;
  }

  private void requireAccepted() {
    if (refused != null) {
      throw refused;
    }
  }

  /** Runs a self-check; one that fails refuses the device for good. */
  private void check(Runnable selfCheck) {
    if (settings.checked()) {
      try {
        selfCheck.run();
      } catch (BackendException e) {
        refused = e;
        throw e;
      }
    }
  }

  @Override
  public void run(List<Op> program, Activations activations, Batch batch) {
    TornadoActivations storage = (TornadoActivations) activations;
    if (batch.rows() > storage.tokenRows() || batch.logitRows().length > storage.logitRows()) {
      throw new IllegalArgumentException(
          "batch: expected at most %d rows and %d logit rows, found %d and %d"
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
    Device target = device();
    synchronized (residency) {
      storage.allocate(residency);
      BatchEncoding encodedBatch = BatchEncoding.of(batch);
      EncodedProgram encoded =
          encoded(program, storage, batch, rotary.ensurePositions(encodedBatch.positions()));
      int at = target.memory().allocateTable(encodedBatch.ints().length);
      try {
        run(target, encoded, encodedBatch, batch, at);
      } finally {
        target.memory().tableSpace().free(at);
      }
    }
  }

  /** Runs an encoded program on a batch, whose encoding has been allocated at {@code at}. */
  private void run(
      Device target, EncodedProgram encoded, BatchEncoding encodedBatch, Batch batch, int at) {
    target.transfers().sendInts(target, encodedBatch.ints(), at);
    target.control(OpEncoding.BATCH, at);
    target.control(OpEncoding.TOKENS, batch.rows());
    target.control(OpEncoding.LOGIT_ROWS, batch.logitRows().length);
    target.control(OpEncoding.LOGIT_ROW_LIST, at + encodedBatch.logitRowList());
    for (Slot.RowDomain domain : Slot.RowDomain.values()) {
      target.control(
          OpEncoding.TILES + OpEncoding.domain(domain), at + encodedBatch.tileList(domain));
    }
    if (!runAsGraph(target, encoded, encoded.whole(), encodedBatch, settings.programGraphAfter())) {
      for (EncodedProgram.GraphSegment segment : encoded.segments()) {
        if (!runAsGraph(target, encoded, segment, encodedBatch, settings.segmentGraphAfter())) {
          runKernels(target, encoded, segment, encodedBatch);
        }
      }
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

  private EncodedProgram encoded(
      List<Op> program, TornadoActivations storage, Batch batch, int rotaryVersion) {
    FreeList tables = device.memory().tableSpace();
    EncodedProgram known = storage.programs().get(program);
    if (known != null && known.rotaryVersion() == rotaryVersion) {
      return known;
    }
    if (known != null || storage.programs().size() >= MAX_PROGRAMS) {
      storage.freePrograms(residency, tables);
    }
    KvShape shape = ((TornadoKvCache) batch.sequences().getFirst().cache()).shape();
    List<DeviceOp> deviceOps = DeviceProgram.of(program);
    storage.allocateScratch(AttentionKernels.scratchElements(program, shape), residency, tables);
    float[] values = new float[OpEncoding.SCALARS * deviceOps.size()];
    DeviceRange scalars = residency.allocateFloats(values.length);
    int[] rows =
        new ProgramEncoder(storage, residency, rotary, shape)
            .encode(deviceOps, values, scalars.offset());
    device.transfers().sendFloats(device, MemorySegment.ofArray(values), 0, scalars.offset());
    int at = device.memory().allocateTable(rows.length);
    device.transfers().sendInts(device, rows, at);
    EncodedProgram encoded =
        new EncodedProgram(
            program, deviceOps, EncodedProgram.segments(deviceOps), at, scalars, rotaryVersion);
    storage.programs().put(program, encoded);
    return encoded;
  }

  /** Runs a segment as one graph, if it has one and ran more than {@code after} times. */
  private boolean runAsGraph(
      Device target,
      EncodedProgram encoded,
      EncodedProgram.GraphSegment segment,
      BatchExtent batch,
      int after) {
    List<DeviceKernel> kernels = DeviceProgram.kernels(segment.deviceOps(), batch);
    Graph graph = target.graph(kernels);
    if (graph == null || runs.merge(kernels, 1, Integer::sum) <= after) {
      return false;
    }
    int task = 0;
    for (int i = 0; i < kernels.size(); i++) {
      if (kernels.get(i) != DeviceKernel.MEMBER) {
        graph.groups(task++, segment.deviceOps().get(i).groups(batch));
      }
    }
    target.control(OpEncoding.OPS, encoded.offset() + segment.from() * OpEncoding.INTS);
    target.run(graph);
    return true;
  }

  /** Runs the launches of a segment one by one, without those that are idle. */
  private static void runKernels(
      Device target,
      EncodedProgram encoded,
      EncodedProgram.GraphSegment segment,
      BatchExtent batch) {
    List<DeviceKernel> kernels = DeviceProgram.kernels(segment.deviceOps(), batch);
    for (int i = 0; i < kernels.size(); i++) {
      long groups = segment.deviceOps().get(i).groups(batch);
      if (groups > 0) {
        Graph graph = target.graph(kernels.get(i));
        graph.groups(0, groups);
        target.control(OpEncoding.OPS, encoded.offset() + (segment.from() + i) * OpEncoding.INTS);
        target.run(graph);
      }
    }
  }

  /** Frees the device memory of a session. */
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
    Device target = device();
    MemorySegment values = MemorySegment.ofArray(into).asSlice(0, 4L * slot.width());
    synchronized (residency) {
      target.transfers().fetchFloats(target, storage.offset(slot) + row * slot.width(), values);
    }
  }

  @Override
  public void read(Activations activations, Slot slot, int row, int count, MemorySegment into) {
    int at = ((TornadoActivations) activations).offset(slot) + row * slot.width();
    long bytes = (long) count * slot.width() * Float.BYTES;
    Device target = device();
    synchronized (residency) {
      target.transfers().fetchFloats(target, at, into.asSlice(0, bytes));
    }
  }

  @Override
  public void write(Activations activations, Slot slot, int row, int count, MemorySegment from) {
    TornadoActivations storage = (TornadoActivations) activations;
    Device target = device();
    synchronized (residency) {
      storage.allocate(residency);
      long bytes = (long) count * slot.width() * Float.BYTES;
      target
          .transfers()
          .sendFloats(target, from.asSlice(0, bytes), 0, storage.offset(slot) + row * slot.width());
    }
  }

  @Override
  public double[][] logProbabilities(Activations activations, Slot logits, int[][] targets) {
    int at = ((TornadoActivations) activations).offset(logits);
    Device target = device();
    synchronized (residency) {
      return target.scoring().logProbabilities(target, at, logits.width(), targets);
    }
  }

  @Override
  public int argmax(Activations activations, Slot slot, int row) {
    int at = ((TornadoActivations) activations).offset(slot) + row * slot.width();
    Device target = device();
    synchronized (residency) {
      return target.scoring().argmax(target, at, slot.width());
    }
  }

  @Override
  public MatrixOps matrices() {
    requireAccepted();
    if (matrices == null) {
      Optional<MatrixGraphs> graphs = device().matrices();
      if (graphs.isEmpty()) {
        matrices = new HostMatrixOps(host);
        return matrices;
      }
      matrices = new TornadoMatrixOps(residency, device(), graphs.get(), host.matrices());
      check(() -> MatrixCheck.run(this, matrices, host));
    }
    return matrices;
  }

  /** Executions and transfers so far; all zero unless {@link DeviceSettings#profiled}. */
  Device.Traffic traffic() {
    return device == null ? Device.Traffic.NONE : device.traffic();
  }

  /** Allocated device memory in bytes. */
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
