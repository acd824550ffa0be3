package rankine.engine.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import rankine.common.io.NaturalOrder;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.model.Architectures;
import rankine.engine.model.ModelConfig;
import rankine.engine.model.Session;

/** Sizes, tensors and memory estimate of a checkpoint whose weights are not loaded. */
public final class Inspection {
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final MemoryEstimate memory;

  private Inspection(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.config = Architectures.config(checkpoint);
    this.memory =
        MemoryEstimate.of(config, checkpoint.bytes(), Session.DEFAULT_CHUNK, Session.SCORING_ROWS);
  }

  /**
   * Inspects an open checkpoint. Lists tensors of unsupported types too.
   *
   * @throws rankine.common.CheckpointException for an unsupported architecture or setting
   */
  public static Inspection of(Checkpoint checkpoint) {
    return new Inspection(checkpoint);
  }

  /** Returns the model's sizes. */
  public ModelConfig config() {
    return config;
  }

  /** Returns the number of elements of all tensors. */
  public long parameters() {
    return checkpoint.tensors().stream().mapToLong(TensorInfo::elements).sum();
  }

  /** The tensors in the natural order of their names: layer 2 before layer 10. */
  public List<TensorInfo> tensors() {
    return checkpoint.tensors().stream()
        .sorted(Comparator.comparing(TensorInfo::name, NaturalOrder.INSTANCE))
        .toList();
  }

  /** Bytes needed, by purpose. */
  public ObjectNode memoryJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("weights_mapped", memory.weights())
        .put("kv_cache_per_token", memory.kvCachePerToken())
        .put("kv_cache_full_context", memory.kvCacheFullContext())
        .put("activations", memory.activations());
  }

  /** Returns architecture, sizes, config.json as stored, tensors, parameters and memory. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("architecture", config.architecture());
    json.putObject("sizes")
        .put("layers", config.layers())
        .put("hidden_size", config.hiddenSize())
        .put("heads", config.heads())
        .put("kv_heads", config.kvHeads())
        .put("head_dim", config.headDim())
        .put("intermediate_size", config.intermediateSize())
        .put("vocab_size", config.vocabSize())
        .put("context_length", config.contextLength());
    try {
      json.set("config", new ObjectMapper().readTree(checkpoint.config().json()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    json.put("parameters", parameters());
    json.set("memory", memoryJson());
    ArrayNode tensors = json.putArray("tensors");
    for (TensorInfo tensor : tensors()) {
      ObjectNode entry = tensors.addObject();
      entry.put("name", tensor.name());
      entry.put("dtype", tensor.type().name());
      ArrayNode shape = entry.putArray("shape");
      tensor.shape().forEach(shape::add);
      entry.put("file", tensor.file().getFileName().toString());
    }
    return json;
  }
}
