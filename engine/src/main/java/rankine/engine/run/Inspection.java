package rankine.engine.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.CheckpointException;
import rankine.common.ModelException;
import rankine.common.io.NaturalOrder;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.ModelConfig;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.KvShape;
import rankine.kernels.Op;

/**
 * What a checkpoint is, whether it loads and why not, its sizes, tensors and the memory it needs.
 * Its weights are not loaded.
 */
public final class Inspection {
  private final Checkpoint checkpoint;
  private final OptionalInt context;
  private final JsonNode stored;
  private final Optional<ModelConfig> config;
  private final Optional<Model> model;
  private final Optional<String> reason;
  private final List<String> notes;

  private Inspection(Checkpoint checkpoint, OptionalInt context) {
    this.checkpoint = checkpoint;
    this.context = context;
    try {
      this.stored = new ObjectMapper().readTree(checkpoint.config().json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    ModelConfig sizes = null;
    Model structure = null;
    String fault = null;
    List<String> said = List.of();
    try (Backend scalar = Backends.open("scalar", 1, 0).backend()) {
      sizes = Architectures.config(checkpoint);
      said = Architectures.notes(checkpoint);
      structure = Architectures.structure(checkpoint, scalar);
    } catch (CheckpointException e) {
      fault = e.getMessage();
    }
    this.config = Optional.ofNullable(sizes);
    this.model = Optional.ofNullable(structure);
    this.reason = Optional.ofNullable(fault);
    this.notes = said;
    if (model.isPresent() && context.isPresent() && context.getAsInt() > longest()) {
      throw new ModelException(
          "context: expected at most %d (the model's limit), found %d"
              .formatted(longest(), context.getAsInt()));
    }
  }

  /**
   * Inspects an open checkpoint. Lists tensors of unsupported types too.
   *
   * @param context positions to estimate the memory for; empty: the model's context
   * @throws ModelException for more positions than the model has
   */
  public static Inspection of(Checkpoint checkpoint, OptionalInt context) {
    return new Inspection(checkpoint, context);
  }

  /** Returns why the checkpoint does not load; empty if it does. */
  public Optional<String> reason() {
    return reason;
  }

  /** Returns sentences for the user: which part of a multimodal checkpoint loads. */
  public List<String> notes() {
    return notes;
  }

  /** Returns {@code model_type} and {@code architectures} of config.json, as stored. */
  public String stored() {
    return stored.path("model_type").asText("none") + classes();
  }

  private String classes() {
    JsonNode classes = stored.path("architectures");
    return classes.isArray() && !classes.isEmpty() ? " (" + classes.get(0).asText() + ")" : "";
  }

  /** Returns the model's sizes; empty if config.json is not supported. */
  public Optional<ModelConfig> config() {
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

  /** The most positions of a sequence, those beyond LongRoPE's original context too. */
  private int longest() {
    return model.get().longestContext();
  }

  /**
   * Bytes needed, by purpose: the files; if the checkpoint loads also keys and values, which
   * attention windows bound, the activations of a batch, and the sum of all for {@code context}.
   */
  public ObjectNode memoryJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("weights_mapped", checkpoint.bytes());
    if (model.isPresent()) {
      long activations = model.get().activationBytes(Session.DEFAULT_CHUNK, Session.SCORING_ROWS);
      json.put("kv_cache_per_token", config.get().kvShape().bytesPerPosition());
      json.put("kv_cache_full_context", kvCache(longest()));
      if (context.isPresent()) {
        json.put("kv_cache_context", kvCache(context.getAsInt()));
      }
      json.put("activations", activations);
      int positions = context.orElse(longest());
      json.put("total", checkpoint.bytes() + kvCache(positions) + activations);
    }
    return json;
  }

  /**
   * Returns the bytes of the keys and values of a sequence. A layer with an attention window keeps
   * the positions that the window of a batch's first token reaches, in whole blocks.
   */
  private long kvCache(int positions) {
    long kept = 0;
    for (List<Op> layer : model.get().layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Attention attention) {
          kept += kept(attention.scores().window(), positions);
        }
      }
    }
    return 2L * config.get().kvWidth() * Float.BYTES * kept;
  }

  private static long kept(int window, int positions) {
    long reached = (long) window + Math.min(Session.DEFAULT_CHUNK, positions) - 1;
    // The first block and the last may be partly used.
    long blocks = (reached + KvShape.BLOCK - 1) / KvShape.BLOCK + 1;
    return Math.min(positions, blocks * KvShape.BLOCK);
  }

  /**
   * Returns what the checkpoint is, {@code loads} and the {@code reason} if not, sizes, config.json
   * as stored, tensors, parameters and memory.
   */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(
        "architecture",
        config.map(ModelConfig::architecture).orElse(stored.path("model_type").asText(null)));
    json.put("loads", reason.isEmpty());
    json.put("reason", reason.orElse(null));
    ArrayNode sentences = json.putArray("notes");
    notes.forEach(sentences::add);
    config.ifPresent(
        sizes ->
            json.putObject("sizes")
                .put("layers", sizes.layers())
                .put("hidden_size", sizes.hiddenSize())
                .put("heads", sizes.heads())
                .put("kv_heads", sizes.kvHeads())
                .put("head_dim", sizes.headDim())
                .put("intermediate_size", sizes.intermediateSize())
                .put("vocab_size", sizes.vocabSize())
                .put("context_length", model.isPresent() ? longest() : sizes.contextLength()));
    json.set("config", stored);
    json.put("parameters", parameters());
    context.ifPresent(positions -> json.put("context", positions));
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
