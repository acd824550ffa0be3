package rankine.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.Shown;

/**
 * A checkpoint folder: {@code config.json} and safetensors weights, memory-mapped.
 *
 * <p>Uses {@code model.safetensors} if it exists, otherwise {@code model.safetensors.index.json}
 * and its shards; Hugging Face transformers has the same precedence. The user names the folder, so
 * {@code model.safetensors}, the index and {@code config.json} may link to any location. The index
 * names the shards, so a shard must resolve to a file inside the folder. A tensor that is in a
 * shard but not in the index is listed like any other, as in transformers.
 *
 * <p>Opening reads headers only. All methods except {@link #close} are thread-safe.
 */
public final class Checkpoint implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String CONFIG = "config.json";
  private static final String GENERATION = "generation_config.json";
  private static final String END = "eos_token_id";

  private final Path directory;
  private final Path weights;
  private final Settings settings;
  private final WeightFiles files;
  private final OpenedFiles sources = new OpenedFiles();
  private final Map<String, TensorInfo> tensors;
  private final RowCopies gathered = new RowCopies();

  private Checkpoint(Path directory, WeightFiles files) {
    this.directory = directory;
    this.files = files;
    this.tensors = new LinkedHashMap<>();
    Path config = directory.resolve(CONFIG);
    if (!isPresent(config)) {
      throw CheckpointException.of(
          Fault.NO_CONFIG, directory, "expected a file config.json, found none");
    }
    this.settings = Settings.read(config);
    // Refused in any case, though a tokenizer or generation_config.json may name others.
    Settings ids = settings.fresh();
    ids.ids("bos_token_id");
    ids.ids(END);
    sources.add(OpenedFile.of(CONFIG, config));
    Path single = directory.resolve(SINGLE);
    Path index = directory.resolve(INDEX);
    if (isPresent(single)) {
      this.weights = single;
      addTensors(map(SINGLE, single, single));
    } else if (isPresent(index)) {
      this.weights = index;
      addShards(ShardIndex.read(index));
    } else {
      throw CheckpointException.of(
          Fault.NO_WEIGHTS,
          directory,
          "expected a file " + SINGLE + " or " + INDEX + ", found " + otherWeights(directory));
    }
  }

  /** Returns what to do with weights in another format; "neither" if there are none. */
  private static String otherWeights(Path directory) {
    for (String other : List.of("pytorch_model.bin", "pytorch_model.bin.index.json")) {
      if (Files.exists(directory.resolve(other))) {
        return other
            + " (transformers' save_pretrained writes safetensors; many models have them on a branch"
            + " of their own)";
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".gguf"))
          .findFirst()
          .map(name -> name + " (the model it was made from has safetensors)")
          .orElse("neither");
    } catch (IOException e) {
      return "neither";
    }
  }

  /**
   * Opens the checkpoint in {@code directory} and maps its weights.
   *
   * @throws CheckpointException if a file is absent, unreadable or breaks its format
   */
  public static Checkpoint open(Path directory) {
    return open(directory, false);
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param copied whether to copy the weight files into memory instead of mapping them, and to
   *     compute {@link #hash} at once: nothing that happens to the files afterwards then has an
   *     effect
   */
  public static Checkpoint open(Path directory, boolean copied) {
    if (!Files.isDirectory(directory)) {
      throw CheckpointException.of(
          Fault.NO_FOLDER,
          directory,
          "expected a checkpoint folder, found "
              + (Files.exists(directory) ? "a file" : "nothing"));
    }
    WeightFiles files = new WeightFiles(copied);
    try {
      Checkpoint checkpoint = new Checkpoint(directory, files);
      if (copied) {
        checkpoint.hash();
      }
      return checkpoint;
    } catch (RuntimeException | Error e) {
      files.close();
      throw e;
    }
  }

  /** Returns the folder, as given to {@link #open}. */
  public Path directory() {
    return directory;
  }

  /** Returns the settings of {@code config.json}, none of them marked as read. */
  public Settings config() {
    return settings.fresh();
  }

  /**
   * Returns the ids that end a generated text: {@code eos_token_id}, a number or a list, of
   * generation_config.json, or of config.json where that file does not give it. The other keys of
   * generation_config.json are another program's defaults of sampling.
   */
  public Set<Integer> endIds() {
    Path file = directory.resolve(GENERATION);
    Optional<Set<Integer>> given =
        isPresent(file) ? Settings.read(file).ids(END) : Optional.empty();
    return given.or(() -> config().ids(END)).orElse(Set.of());
  }

  /** Returns all tensors in storage order: shards by name, then by offset. */
  public List<TensorInfo> tensors() {
    return List.copyOf(tensors.values());
  }

  /** Returns the tensor of that name. */
  public Optional<TensorInfo> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * Returns the tensor of that name and checks its shape.
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
   * Returns the tensor of that name, a matrix [rows, 1 to {@code maxCols}].
   *
   * @throws CheckpointException {@link Fault#MISSING_TENSOR} or {@link Fault#WRONG_SHAPE}
   */
  public TensorInfo requireColumns(String name, long rows, long maxCols) {
    TensorInfo tensor = tensors.get(name);
    List<Long> shape = tensor == null ? List.of() : tensor.shape();
    if (shape.size() == 2
        && shape.getFirst() == rows
        && shape.getLast() >= 1
        && shape.getLast() <= maxCols) {
      return tensor;
    }
    String expected = "expected shape [%d, 1 to %d], found ".formatted(rows, maxCols);
    throw tensor == null
        ? CheckpointException.of(
            Fault.MISSING_TENSOR, weights, name, "missing tensor: " + expected + "none")
        : CheckpointException.of(
            Fault.WRONG_SHAPE, tensor.file(), name, expected + Shown.value(shape));
  }

  /**
   * Returns the bytes of a tensor of this checkpoint: read-only, little-endian, mapped from the
   * file, valid until {@link #close}. The format guarantees no alignment: read with the {@code
   * _UNALIGNED} layouts. If the file is shortened while mapped, reading the lost part throws {@link
   * InternalError}, and {@link #close} names the file.
   *
   * @throws IllegalArgumentException for a tensor that is not one of {@link #tensors}
   */
  public MemorySegment data(TensorInfo tensor) {
    checkOwned(tensor);
    return files.data(tensor);
  }

  /**
   * Returns a copy of rows of a matrix, or of elements of a vector, that lie apart: no strided view
   * addresses them. Read-only, valid until {@link #close}; copied once.
   *
   * @param tensor of shape [rows, cols] or [rows]
   * @throws IllegalArgumentException for a tensor that is not one of {@link #tensors}
   * @throws IndexOutOfBoundsException for rows outside the tensor
   */
  public MemorySegment gather(TensorInfo tensor, RowBlocks rows) {
    return gathered.gather(tensor, data(tensor), rows);
  }

  /** Returns the copies that {@link #gather} has made. */
  public List<GatheredRows> gathered() {
    return gathered.all();
  }

  /**
   * Fills {@code into}, from its position to its limit, with bytes of a tensor, and flips it. Reads
   * from the file: a read from {@link #data} would make whole pages of the mapping resident.
   *
   * @param from offset of the first byte within the tensor
   * @throws CheckpointException {@link Fault#IO} if the file cannot be read or was truncated
   * @throws IllegalArgumentException for a tensor that is not one of {@link #tensors}
   * @throws IndexOutOfBoundsException for bytes outside the tensor
   * @throws IllegalStateException after {@link #close}
   */
  public void read(TensorInfo tensor, long from, ByteBuffer into) {
    checkOwned(tensor);
    Objects.checkFromIndexSize(from, into.remaining(), tensor.bytes());
    files.read(tensor, from, into);
  }

  private void checkOwned(TensorInfo tensor) {
    if (!tensor.equals(tensors.get(tensor.name()))) {
      throw new IllegalArgumentException("a tensor of another checkpoint: " + tensor.name());
    }
  }

  /** Returns the total size of the weight files, headers included. */
  public long bytes() {
    return files.bytes();
  }

  /** Returns {@code config.json}, then the weight files by name. */
  public List<Path> files() {
    return sources.paths();
  }

  /**
   * Returns the content hash in hex: the SHA-256 of a text with one line per file of {@link
   * #files}, {@code <SHA-256 of the file> <two spaces> <name>} and a line feed, config.json first.
   * {@code sha256sum config.json model.safetensors | sha256sum} prints the same. The hash excludes
   * the index, which adds no information to the shards.
   *
   * <p>The first call computes it with plain reads of every file, one thread per file, so that the
   * mapping does not become resident.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} if a file has changed since it was
   *     opened
   */
  public String hash() {
    return sources.hash();
  }

  /**
   * Checks that what has been computed is that of one checkpoint: that the files of {@link #files}
   * are those that were opened, by size, times and inode, which costs nothing, and where these
   * differ by content, if {@link #hash} has been computed. A file that was only touched is the
   * same. Copied weights are not checked.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} for the first file that has changed
   */
  public void checkUnchanged() {
    if (!files.copied()) {
      checkFilesUnchanged();
    }
  }

  /** As {@link #checkUnchanged}, with copied weights too: the files are to be read once more. */
  void checkFilesUnchanged() {
    sources.checkUnchanged();
  }

  /** Returns the weight files by name, relative to the folder as in the index. */
  Map<String, Path> weightFiles() {
    return sources.weights();
  }

  /** Returns whether {@code file} is the index that names the shards in use. */
  boolean isIndex(Path file) {
    return file.equals(weights) && file.endsWith(INDEX);
  }

  /**
   * Unmaps and closes the weight files. Segments from {@link #data} become invalid.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} if a mapped file was shortened: results
   *     since then are invalid
   */
  @Override
  public void close() {
    gathered.close();
    files.close();
  }

  /**
   * Returns whether there is a file or a link: one that leads nowhere is an error, not an absence.
   */
  private static boolean isPresent(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the absolute path with links resolved. */
  static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw CheckpointException.io(path, "cannot be resolved", e);
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

  /** Checks and maps the weight file {@code path}, which resolves to {@code real}. */
  private SafetensorsHeader map(String name, Path path, Path real) {
    OpenedFile source = OpenedFile.of(name, path);
    SafetensorsHeader header = files.open(path, real);
    sources.add(source);
    return header;
  }
}
