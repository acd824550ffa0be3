package rankine.engine.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.NewTensor;
import rankine.engine.checkpoint.SafetensorsDType;
import rankine.engine.checkpoint.SafetensorsWriter;
import rankine.engine.checkpoint.TensorInfo;
import rankine.kernels.DType;
import rankine.kernels.DTypeDecoder;
import rankine.testdata.TestData;

/** A mutable checkpoint for tests: a golden one or random tensors. */
public final class TestCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A tensor in float32, and its stored type. */
  public record TestTensor(DType dtype, List<Long> shape, float[] values) {
    /** Returns a copy with stored type {@code other}; writing rounds to nearest even. */
    TestTensor as(DType other) {
      return new TestTensor(other, shape, values);
    }
  }

  /** The content of config.json. */
  public final ObjectNode config;

  /** The content of the weight files. */
  public final Map<String, TestTensor> tensors = new TreeMap<>();

  private TestCheckpoint(ObjectNode config) {
    this.config = config;
  }

  /** Returns the golden checkpoint of that name. */
  public static TestCheckpoint golden(String name) {
    return read(TestData.model(name));
  }

  /** Returns the checkpoint in {@code folder}. */
  public static TestCheckpoint read(Path folder) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      TestCheckpoint copy =
          new TestCheckpoint((ObjectNode) JSON.readTree(checkpoint.config().json()));
      for (TensorInfo tensor : checkpoint.tensors()) {
        if (tensor.type() == SafetensorsDType.U8) {
          continue; // GPT-NeoX's causal masks, which nothing reads
        }
        MemorySegment data = checkpoint.data(tensor);
        float[] values = new float[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
          values[i] = DTypeDecoder.get(data, tensor.dtype(), i);
        }
        copy.tensors.put(tensor.name(), new TestTensor(tensor.dtype(), tensor.shape(), values));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an empty checkpoint. */
  public static TestCheckpoint empty() {
    return new TestCheckpoint(JSON.createObjectNode());
  }

  /** Adds an F32 tensor of values in (-size, size). */
  public TestCheckpoint random(Random random, String name, double size, int... shape) {
    int n = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (size * (2 * random.nextDouble() - 1));
    }
    List<Long> sizes = Arrays.stream(shape).mapToObj(Long::valueOf).toList();
    tensors.put(name, new TestTensor(DType.F32, sizes, values));
    return this;
  }

  /** Sets a key of config.json to JSON text; null removes it. */
  public TestCheckpoint set(String key, String json) {
    try {
      if (json == null) {
        config.remove(key);
      } else {
        config.set(key, JSON.readTree(json));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Renames every tensor. */
  public TestCheckpoint rename(UnaryOperator<String> name) {
    Map<String, TestTensor> old = new TreeMap<>(tensors);
    tensors.clear();
    old.forEach((key, tensor) -> tensors.put(name.apply(key), tensor));
    return this;
  }

  /** Stores every tensor as {@code dtype}. */
  public TestCheckpoint as(DType dtype) {
    tensors.replaceAll((name, tensor) -> tensor.as(dtype));
    return this;
  }

  /** Writes config.json and one model.safetensors. */
  public Path write(Path folder) throws IOException {
    writeConfig(folder);
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"), Map.of("format", "pt"), newTensors(tensors));
    return folder;
  }

  /** Writes config.json, {@code count} shards and their index. */
  public Path writeShards(Path folder, int count) throws IOException {
    writeConfig(folder);
    ObjectNode index = JSON.createObjectNode();
    index.putObject("metadata");
    ObjectNode map = index.putObject("weight_map");
    List<Map<String, TestTensor>> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shards.add(new TreeMap<>());
    }
    int next = 0;
    for (Map.Entry<String, TestTensor> tensor : tensors.entrySet()) {
      int shard = next++ % count;
      shards.get(shard).put(tensor.getKey(), tensor.getValue());
      map.put(tensor.getKey(), "part-%d.safetensors".formatted(shard));
    }
    for (int i = 0; i < count; i++) {
      SafetensorsWriter.write(
          folder.resolve("part-%d.safetensors".formatted(i)), Map.of(), newTensors(shards.get(i)));
    }
    JSON.writeValue(folder.resolve("model.safetensors.index.json").toFile(), index);
    return folder;
  }

  /** Like {@link #write}, with the data at an odd offset of the file. */
  public Path writeUnaligned(Path folder) throws IOException {
    write(folder);
    Path file = folder.resolve("model.safetensors");
    ByteBuffer old = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    long header = old.getLong();
    ByteBuffer shifted = ByteBuffer.allocate(old.capacity() + 1).order(ByteOrder.LITTLE_ENDIAN);
    shifted.putLong(header + 1);
    shifted.put(old.array(), 8, (int) header).put((byte) ' ');
    shifted.put(old.array(), 8 + (int) header, old.capacity() - 8 - (int) header);
    Files.write(file, shifted.array());
    return folder;
  }

  private void writeConfig(Path folder) throws IOException {
    Files.createDirectories(folder);
    JSON.writeValue(folder.resolve("config.json").toFile(), config);
  }

  private static List<NewTensor> newTensors(Map<String, TestTensor> tensors) {
    return tensors.entrySet().stream()
        .map(
            e -> {
              TestTensor tensor = e.getValue();
              return new NewTensor(
                  e.getKey(),
                  tensor.dtype,
                  tensor.shape,
                  () -> MemorySegment.ofArray(bytes(tensor)));
            })
        .toList();
  }

  private static byte[] bytes(TestTensor tensor) {
    ByteBuffer out =
        ByteBuffer.allocate(tensor.values.length * tensor.dtype.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : tensor.values) {
      switch (tensor.dtype) {
        case F32 -> out.putFloat(value);
        case F16 -> out.putShort(Float.floatToFloat16(value));
        case BF16 -> out.putShort(bfloat16(value));
      }
    }
    return out.array();
  }

  /** Rounds to nearest even; no value here is NaN. */
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
