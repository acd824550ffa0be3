import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.gpt2.GPT2Config;
import com.github.tjake.jlama.model.gpt2.GPT2Model;
import com.github.tjake.jlama.model.llama.LlamaConfig;
import com.github.tjake.jlama.model.llama.LlamaModel;
import com.github.tjake.jlama.safetensors.Config;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.safetensors.WeightLoader;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import com.github.tjake.jlama.util.JsonSupport;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;

/**
 * The worker that runs a model in Jlama: {@code java … JlamaWorker.java THREADS CHECKPOINT}.
 *
 * <p>The source launcher compiles it against the jars that {@code benchmarks/rivals/fetch}
 * installs. Jlama converts F16 weights to float32 when it loads them.
 */
final class JlamaWorker {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS = 1e9;

  private final AbstractModel model;
  private final KvBufferCache caches;
  private final int threads;

  private JlamaWorker(AbstractModel model, int threads) {
    this.model = model;
    this.caches = new KvBufferCache(model);
    this.threads = threads;
  }

  /** Serves requests until stdin ends. */
  public static void main(String[] args) throws IOException {
    // Stdout is for answers only: library output goes to stderr.
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    int threads = Integer.parseInt(args[0]);
    PhysicalCoreExecutor.overrideThreadCount(threads);
    JlamaWorker worker = new JlamaWorker(load(new File(args[1])), threads);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(worker.answer(JSON.readTree(line))));
    }
  }

  /** Loads a model with float32 activations and without a tokenizer: requests have token ids. */
  private static AbstractModel load(File folder) throws IOException {
    File file = new File(folder, "config.json");
    String type = JSON.readTree(file).path("model_type").asText();
    WeightLoader weights = SafeTensorSupport.loadWeights(folder);
    return switch (type) {
      case "llama" ->
          new LlamaModel(
              config(file, LlamaConfig.class),
              weights,
              null,
              DType.F32,
              DType.F32,
              Optional.empty());
      case "gpt2" ->
          new GPT2Model(
              config(file, GPT2Config.class),
              weights,
              null,
              DType.F32,
              DType.F32,
              Optional.empty());
      default ->
          throw new IOException(file + ": model_type: expected llama or gpt2, found " + type);
    };
  }

  private static <C extends Config> C config(File file, Class<C> type) throws IOException {
    C config = JsonSupport.om.readValue(file, type);
    config.setWorkingDirectory(null);
    return config;
  }

  private ObjectNode answer(JsonNode request) {
    try {
      return switch (request.path("op").asText()) {
        case "hello" -> hello();
        case "prefill" -> prefill(request);
        case "decode" -> decode(request);
        default -> JSON.createObjectNode().put("error", "unknown op " + request.path("op"));
      };
    } catch (RuntimeException e) {
      return JSON.createObjectNode().put("error", e.toString());
    }
  }

  private ObjectNode hello() {
    return JSON.createObjectNode()
        .put("name", "Jlama")
        .put("version", version())
        .put(
            "detail",
            "%s, %d threads, weights as %s, activations as %s; %s %s"
                .formatted(
                    TensorOperationsProvider.get().name(),
                    threads,
                    model.getWeights().getModelDType(),
                    model.getWorkingDType(),
                    System.getProperty("java.vm.name"),
                    Runtime.version()));
  }

  /** The version in the Maven properties of its jar. */
  private static String version() {
    Properties properties = new Properties();
    String name = "/META-INF/maven/com.github.tjake/jlama-core/pom.properties";
    try (InputStream file = AbstractModel.class.getResourceAsStream(name)) {
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot be read: " + e.getMessage(), e);
    }
    return properties.getProperty("version");
  }

  private ObjectNode prefill(JsonNode request) {
    int[] ids = ids(request);
    try (KvBufferCache.KvBuffer cache = caches.getEphemeralKvBuffer();
        AbstractTensor logits = model.makeDenseTensor(vocab())) {
      long start = System.nanoTime();
      last(model.batchForward(ids, 0, cache), logits);
      ObjectNode answer = seconds(start);
      if (request.path("want_logits").asBoolean()) {
        for (int i = 0; i < vocab(); i++) {
          answer.withArray("logits").add(logits.get(0, i));
        }
      }
      return answer;
    }
  }

  private ObjectNode decode(JsonNode request) {
    int[] ids = ids(request);
    int[] produced = new int[request.get("tokens").intValue()];
    try (KvBufferCache.KvBuffer cache = caches.getEphemeralKvBuffer();
        AbstractTensor logits = model.makeDenseTensor(vocab())) {
      int last = last(model.batchForward(ids, 0, cache), logits);
      long start = System.nanoTime();
      for (int i = 0; i < produced.length; i++) {
        last = last(model.forward(last, ids.length + i, cache, Optional.empty()), logits);
        produced[i] = last;
      }
      ObjectNode answer = seconds(start);
      for (int id : produced) {
        answer.withArray("ids").add(id);
      }
      return answer;
    }
  }

  /** Computes the logits of the last position and returns the most likely id. */
  private int last(AbstractTensor output, AbstractTensor logits) {
    try (output) {
      return model.sample(output.slice(output.shape().first() - 1), 0, 0, logits);
    }
  }

  private int vocab() {
    return model.getConfig().vocabularySize;
  }

  private static ObjectNode seconds(long start) {
    return JSON.createObjectNode().put("seconds", (System.nanoTime() - start) / NANOS);
  }

  private static int[] ids(JsonNode request) {
    JsonNode list = request.get("ids");
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).intValue();
    }
    return ids;
  }
}
