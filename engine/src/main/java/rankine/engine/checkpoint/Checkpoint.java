package rankine.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.Shown;

/**
 * A checkpoint folder: {@code config.json} and safetensors weights, memory-mapped.
 *
 * <p>{@code model.safetensors} is used where it exists, otherwise {@code
 * model.safetensors.index.json} with the shards it names; the order is that of Hugging Face
 * transformers. The folder is the user's own word, so {@code model.safetensors}, the index and
 * {@code config.json} may be links to anywhere; a shard named by an index must really lie inside
 * the folder. A tensor that is in a shard but not in the index is listed like any other, as
 * transformers does.
 *
 * <p>Opening reads headers only. All methods but {@link #close} may be called from many threads.
 */
public final class Checkpoint implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String CONFIG = "config.json";

  private final Path directory;
  private final Path weights;
  private final Settings settings;
  private final WeightFiles files;
  private final List<OpenedFile> sources;
  private final Map<String, TensorInfo> tensors;
  private final Object hashLock = new Object();
  private String hash;

  private Checkpoint(Path directory, WeightFiles files) {
    this.directory = directory;
    this.files = files;
    this.sources = new ArrayList<>();
    this.tensors = new LinkedHashMap<>();
    Path config = directory.resolve(CONFIG);
    if (Files.notExists(config)) {
      throw CheckpointException.ofFolder(
          Fault.NO_CONFIG, directory, "expected a file config.json, found none");
    }
    this.settings = Settings.read(config);
    sources.add(OpenedFile.of(CONFIG, config));
    Path single = directory.resolve(SINGLE);
    Path index = directory.resolve(INDEX);
    if (Files.exists(single)) {
      this.weights = single;
      addTensors(map(SINGLE, single, single));
    } else if (Files.exists(index)) {
      this.weights = index;
      addShards(ShardIndex.read(index));
    } else {
      throw CheckpointException.ofFolder(
          Fault.NO_WEIGHTS,
          directory,
          "expected a file " + SINGLE + " or " + INDEX + ", found neither");
    }
  }

  /**
   * Opens the checkpoint in {@code directory}.
   *
   * @throws CheckpointException if anything in it is absent, unreadable or breaks its format
   */
  public static Checkpoint open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw CheckpointException.ofFolder(
          Fault.NO_FOLDER,
          directory,
          "expected a checkpoint folder, found "
              + (Files.exists(directory) ? "a file" : "nothing"));
    }
    WeightFiles files = new WeightFiles();
    try {
      return new Checkpoint(directory, files);
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  /** The folder, as given. */
  public Path directory() {
    return directory;
  }

  /** The settings of {@code config.json}, none of them marked as read. */
  public Settings config() {
    return settings.fresh();
  }

  /** All tensors in the order they are stored: shards by name, then by offset. */
  public List<TensorInfo> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The tensor of that name. */
  public Optional<TensorInfo> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * The tensor of that name, with exactly that shape.
   *
   * @throws CheckpointException {@link Fault#MISSING_TENSOR} or {@link Fault#WRONG_SHAPE}
   */
  public TensorInfo require(String name, long... shape) {
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    TensorInfo tensor = tensors.get(name);
    if (tensor == null) {
      throw CheckpointException.of(
          Fault.MISSING_TENSOR,
          weights,
          name,
          "missing tensor: expected shape " + expected + ", found none");
    }
    if (!tensor.shape().equals(expected)) {
      throw CheckpointException.of(
          Fault.WRONG_SHAPE,
          tensor.file(),
          name,
          "expected shape " + expected + ", found " + Shown.value(tensor.shape()));
    }
    return tensor;
  }

  /**
   * The tensor of that name, a matrix with so many rows and 1 to {@code most} columns.
   *
   * @throws CheckpointException {@link Fault#MISSING_TENSOR} or {@link Fault#WRONG_SHAPE}
   */
  public TensorInfo requireColumns(String name, long rows, long most) {
    TensorInfo tensor = tensors.get(name);
    List<Long> shape = tensor == null ? List.of() : tensor.shape();
    if (shape.size() == 2
        && shape.getFirst() == rows
        && shape.getLast() >= 1
        && shape.getLast() <= most) {
      return tensor;
    }
    String expected = "expected shape [%d, 1 to %d], found ".formatted(rows, most);
    throw tensor == null
        ? CheckpointException.of(
            Fault.MISSING_TENSOR, weights, name, "missing tensor: " + expected + "none")
        : CheckpointException.of(
            Fault.WRONG_SHAPE, tensor.file(), name, expected + Shown.value(shape));
  }

  /**
   * The bytes of a tensor of this checkpoint: read-only, little-endian, mapped from its file and
   * valid until {@link #close}. The format promises no alignment, so read with the {@code
   * _UNALIGNED} layouts. If the file is cut short while it is mapped, reading the lost part throws
   * {@link InternalError}.
   *
   * @throws IllegalArgumentException for a tensor that is not one of {@link #tensors}
   */
  public MemorySegment data(TensorInfo tensor) {
    checkOurs(tensor);
    return files.data(tensor);
  }

  /**
   * Fills {@code into}, from its position to its limit, with bytes of a tensor, and flips it. They
   * are read from the file; reading them from {@link #data} makes whole pages of the mapping
   * resident.
   *
   * @param from the first byte, counted from the tensor's first
   * @throws CheckpointException {@link Fault#IO} if the file cannot be read or has become shorter
   * @throws IllegalArgumentException for a tensor that is not one of {@link #tensors}
   * @throws IndexOutOfBoundsException for bytes outside the tensor
   * @throws IllegalStateException after {@link #close}
   */
  public void read(TensorInfo tensor, long from, ByteBuffer into) {
    checkOurs(tensor);
    Objects.checkFromIndexSize(from, into.remaining(), tensor.bytes());
    files.read(tensor, from, into);
  }

  private void checkOurs(TensorInfo tensor) {
    if (!tensor.equals(tensors.get(tensor.name()))) {
      throw new IllegalArgumentException("a tensor of another checkpoint: " + tensor.name());
    }
  }

  /** Bytes of all weights files, headers included. */
  public long bytes() {
    return files.bytes();
  }

  /** {@code config.json}, then the weights files by name. */
  public List<Path> files() {
    return sources.stream().map(OpenedFile::path).toList();
  }

  /**
   * The content hash, in hex: the SHA-256 of a text with one line for each of {@link #files},
   * {@code <SHA-256 of the file> <two spaces> <name>} and a line feed, config.json first. It is
   * what {@code sha256sum config.json model.safetensors | sha256sum} prints. The index is not part
   * of it: it says nothing that the shards do not say.
   *
   * <p>Computed at the first call, from the whole of every file by plain reads, so that the mapping
   * does not become resident; one thread a file.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} if a file is not the one that was opened
   */
  public String hash() {
    synchronized (hashLock) {
      if (hash == null) {
        hash = ContentHash.of(sources);
      }
      return hash;
    }
  }

  /**
   * Checks that all {@link #files} are those that were opened: by size and time of change.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} for the first that is another
   */
  void checkUnchanged() {
    sources.forEach(OpenedFile::checkUnchanged);
  }

  /** The weights files by name, relative to the folder as the index or the format has it. */
  Map<String, Path> weightsFiles() {
    Map<String, Path> byName = new LinkedHashMap<>();
    sources.stream().skip(1).forEach(source -> byName.put(source.name(), source.path()));
    return byName;
  }

  /** Whether {@code file} is the index that the shards were found by. */
  boolean isIndex(Path file) {
    return file.equals(weights) && file.endsWith(INDEX);
  }

  /** Unmaps and closes the weights. Segments from {@link #data} cannot be read afterwards. */
  @Override
  public void close() {
    files.close();
  }

  /** The absolute path with links resolved. */
  static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw CheckpointException.io(path, "cannot be found", e);
    }
  }

  private void addShards(ShardIndex index) {
    index
        .shards()
        .forEach(
            (name, shard) -> {
              SafetensorsHeader header = map(name, directory.resolve(name), shard.real());
              checkListed(index, name, header);
              addTensors(header);
            });
  }

  private static void checkListed(ShardIndex index, String shard, SafetensorsHeader header) {
    Set<String> present =
        header.tensors().stream().map(TensorInfo::name).collect(Collectors.toSet());
    for (String tensor : index.shards().get(shard).tensors()) {
      if (!present.contains(tensor)) {
        throw CheckpointException.of(
            Fault.NOT_IN_SHARD,
            index.file(),
            tensor,
            "expected in shard " + Shown.name(shard) + ", found no such tensor there");
      }
    }
  }

  private void addTensors(SafetensorsHeader header) {
    for (TensorInfo tensor : header.tensors()) {
      TensorInfo other = tensors.putIfAbsent(tensor.name(), tensor);
      if (other != null) {
        throw CheckpointException.of(
            Fault.IN_TWO_SHARDS,
            tensor.file(),
            tensor.name(),
            "expected each tensor in one shard, found it also in " + Shown.file(other.file()));
      }
    }
  }

  /** Checks and maps the weights file {@code path}, which really is {@code real}. */
  private SafetensorsHeader map(String name, Path path, Path real) {
    OpenedFile source = OpenedFile.of(name, path);
    SafetensorsHeader header = files.open(path, real);
    sources.add(source);
    return header;
  }
}
