package rankine.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.KvCache;
import rankine.testdata.TestData;

/** Inputs that are files of a checkpoint. */
final class FuzzCheckpoints {
  private static final Pattern MODEL_TYPE = Pattern.compile("\"model_type\"\\s*:\\s*\"(\\w+)\"");
  private static final int ROWS = 4;
  private static final int[] PROMPT = {1, 0, 3};

  private FuzzCheckpoints() {}

  /** The input is model.safetensors. */
  static FuzzTarget.Input weights(Path folder) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Path file = folder.resolve("model.safetensors");
    return bytes -> {
      Files.write(file, bytes);
      open(folder);
    };
  }

  /** The input is the index of two shards, a and b, with one tensor each. */
  static FuzzTarget.Input index(Path folder) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    for (String name : List.of("a", "b")) {
      String header =
          "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".formatted(name);
      ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 4).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
      Files.write(folder.resolve(name + ".safetensors"), file.array());
    }
    Path file = folder.resolve("model.safetensors.index.json");
    return bytes -> {
      Files.write(file, bytes);
      open(folder);
    };
  }

  /** Opens a checkpoint and reads both ends of each tensor. */
  private static void open(Path folder) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (TensorInfo tensor : checkpoint.tensors()) {
        MemorySegment data = checkpoint.data(tensor);
        if (data.byteSize() > 0) {
          data.get(ValueLayout.JAVA_BYTE, 0);
          data.get(ValueLayout.JAVA_BYTE, data.byteSize() - 1);
        }
      }
    }
  }

  /** The input is config.json, beside the weights of the golden checkpoint of its model_type. */
  static FuzzTarget.Input config(Path folder) throws IOException {
    Map<String, Path> folders = new HashMap<>();
    try (Stream<Path> models = Files.list(TestData.root().resolve("testdata/models"))) {
      for (Path model : models.sorted().toList()) {
        Matcher type = MODEL_TYPE.matcher(Files.readString(model.resolve("config.json")));
        if (type.find() && !folders.containsKey(type.group(1))) {
          folders.put(type.group(1), weightsOf(model, folder.resolve(type.group(1))));
        }
      }
    }
    Backend backend = Backends.open("scalar", 1, 0).backend();
    return bytes -> {
      Matcher type = MODEL_TYPE.matcher(FuzzTarget.text(bytes));
      Path model = folders.get(type.find() ? type.group(1) : "gptj");
      if (model == null) {
        model = folders.get("gptj");
      }
      Files.write(model.resolve("config.json"), bytes);
      run(model, backend);
    };
  }

  /** Copies the weights: a shard must be a file of the folder. */
  private static Path weightsOf(Path model, Path copy) throws IOException {
    Files.createDirectory(copy);
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(f -> f.toString().contains(".safetensors")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static void run(Path folder, Backend backend) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Architectures.config(checkpoint);
      Model model = Architectures.load(checkpoint, backend);
      try (Session session = new Session(model, backend, ROWS, 1);
          KvCache cache = session.sequence()) {
        session.logits(cache, PROMPT);
      }
    }
  }
}
