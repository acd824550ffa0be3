package rankine.engine;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import rankine.common.BackendException;
import rankine.common.EditException;
import rankine.common.io.TextFile;
import rankine.engine.chat.ChatMessage;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.edit.PlanFile;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.Task;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.perplexity.Perplexity;
import rankine.engine.perplexity.WindowMode;
import rankine.engine.perplexity.WindowProtocol;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.EvaluationRequest;
import rankine.engine.run.Evaluator;
import rankine.engine.run.GeneratedText;
import rankine.engine.run.GenerationConfig;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Spectrum;

/**
 * A language model in memory: generates text, scores continuations, evaluates tasks, and does the
 * same with some of its weights pruned.
 *
 * <pre>{@code
 * try (Rankine model = Rankine.load(Path.of("demo/checkpoint"))) {
 *   model.generate("Once upon a time", System.out::print);
 * }
 * }</pre>
 *
 * <p>A model never changes: {@link #with(String...)} returns another one, which shares everything
 * but the pruned matrices. Closing the loaded model frees the memory of both; using either
 * afterwards is an {@link IllegalStateException}. Closing a model that {@code with} returned does
 * nothing.
 *
 * <p>Several threads may use a model; their calls wait for one another.
 *
 * <p>The weights are mapped: a call after which the files are no longer those that were opened
 * throws a {@link rankine.common.CheckpointException}. See {@link ModelOptions#withCopiedWeights}.
 *
 * <p>What cannot be done is a {@link rankine.common.RankineException}, a sealed family with a
 * message of one line; any other exception is a fault of the caller or of Rankine.
 */
public final class Rankine implements AutoCloseable {
  private static final String VECTOR_API = "jdk.incubator.vector";

  private final Residence residence;
  private final LoadedModel loaded;

  private Rankine(Residence residence, LoadedModel loaded) {
    this.residence = residence;
    this.loaded = loaded;
  }

  /** What a loaded model and all models with edits share: one backend, which serves one call. */
  private static final class Residence {
    final ReentrantLock lock = new ReentrantLock();
    final LoadedModel owner;
    boolean closed;

    Residence(LoadedModel owner) {
      this.owner = owner;
    }
  }

  /**
   * Loads a checkpoint with {@link ModelOptions#DEFAULT}.
   *
   * @param folder as Hugging Face lays it out: {@code config.json}, safetensors, tokenizer files
   * @throws rankine.common.CheckpointException for a fault in the checkpoint
   */
  public static Rankine load(Path folder) {
    return load(folder, ModelOptions.DEFAULT);
  }

  /**
   * Loads a checkpoint.
   *
   * @param folder as Hugging Face lays it out: {@code config.json}, safetensors, tokenizer files
   * @throws rankine.common.CheckpointException for a fault in the checkpoint
   * @throws BackendException for a backend that is unknown or not usable, or a JVM without the
   *     Vector API
   */
  // The returned object owns the model and closes it.
  @SuppressWarnings("MustBeClosedChecker")
  public static Rankine load(Path folder, ModelOptions options) {
    if (ModuleLayer.boot().findModule(VECTOR_API).isEmpty()) {
      throw new BackendException(
          "java: expected the option --add-modules %s, which programs on the class path need, found"
                  .formatted(VECTOR_API)
              + " a JVM without that module");
    }
    LoadedModel loaded =
        LoadedModel.open(
            folder,
            new BackendOptions(
                options.backend(), options.device(), options.threads(), options.copyWeights()),
            new FactorCache(options.cache(), FactorCache.MAX_BYTES, line -> {}));
    return new Rankine(new Residence(loaded), loaded);
  }

  /**
   * Returns this model with further edits, by the method of those it has ({@code exact} if none).
   * The edits are computed from the original weights, when this method is called.
   *
   * @param edits each {@code LAYER:MODULE:RATE}; see {@link Pruning}
   * @throws EditException for an edit that the model does not have, or a matrix with two
   */
  public Rankine with(String... edits) {
    return edited(loaded.edits().withEdits(further(List.of(edits))));
  }

  /**
   * Returns this model with further edits. The edits are computed from the original weights, when
   * this method is called.
   *
   * @throws EditException for an edit that the model does not have, a matrix with two, or another
   *     method than that of the edits it has
   */
  public Rankine with(Pruning pruning) {
    EditPlan before = loaded.edits();
    List<Edit> edits = further(pruning.edits());
    EditPlan plan =
        new EditPlan(edits, EditMethod.of(pruning.method()), FactoredMode.AUTO, pruning.seed());
    if (!before.edits().isEmpty() && !plan.equals(before.withEdits(edits))) {
      throw new EditException(
          "method: expected %s with seed %d, as this model's edits, found %s with seed %d"
              .formatted(
                  before.method().label(),
                  before.sketch().seed(),
                  plan.method().label(),
                  plan.sketch().seed()));
    }
    return edited(plan);
  }

  /**
   * Returns this model compressed as a whole. Computed when this method is called; a method with a
   * calibration text runs the original model on it.
   *
   * @throws EditException for a value out of range, a layer that the model does not have, a text
   *     that is too short, or a model that has edits
   * @throws rankine.common.TaskException for a calibration text that cannot be read
   */
  public Rankine with(Compression compression) {
    requireUnedited();
    return edited(call(model -> CompressionPlans.of(compression, model)));
  }

  /**
   * Returns this model with the edits of a plan file, such as the {@code rankine_plan.json} that
   * {@code prune} writes.
   *
   * @throws EditException for a fault in the file, edits that the model does not have, or a model
   *     that has edits
   * @throws rankine.common.TaskException for a file that cannot be read
   */
  public Rankine withPlan(Path file) {
    requireUnedited();
    return edited(PlanFile.read(file));
  }

  private void requireUnedited() {
    if (!loaded.edits().edits().isEmpty()) {
      throw new EditException(
          "model: expected one without edits, found " + loaded.edits().edits().getFirst());
    }
  }

  /** The edits of this model and further ones. */
  private List<Edit> further(List<String> edits) {
    return Stream.concat(loaded.edits().edits().stream(), edits.stream().map(Edit::parse)).toList();
  }

  private Rankine edited(EditPlan plan) {
    return call(model -> new Rankine(residence, model.edited(plan)));
  }

  /** Returns the edits of this model with their method. */
  EditPlan plan() {
    return loaded.edits();
  }

  /** Returns the edits of this model, each as {@code LAYER:MODULE:RATE}. */
  public List<String> edits() {
    return loaded.edits().edits().stream().map(Edit::toString).toList();
  }

  /**
   * Continues a prompt by {@link Sampling#GREEDY}.
   *
   * @param text receives the new text while it is generated, whole characters only
   * @throws rankine.common.TokenizerException if the checkpoint has no tokenizer that can be used
   * @throws rankine.common.ModelException for an empty prompt, or one longer than the context
   */
  public Generation generate(String prompt, Consumer<String> text) {
    return generate(prompt, Sampling.GREEDY, text);
  }

  /**
   * Continues a prompt until an end-of-text token of the checkpoint, a text of {@link
   * Sampling#stop}, the end of the context or {@link Sampling#maxTokens}.
   *
   * @param text receives the new text while it is generated, whole characters only
   * @throws rankine.common.TokenizerException if the checkpoint has no tokenizer that can be used
   * @throws rankine.common.ModelException for an empty prompt, one longer than the context, or a
   *     sampling that is out of range
   */
  public Generation generate(String prompt, Sampling sampling, Consumer<String> text) {
    GenerationConfig config = sampling.config();
    return Generation.of(call(model -> GeneratedText.run(model, prompt, config, text)));
  }

  /**
   * Answers a conversation, which the checkpoint's {@code chat_template} turns into a prompt. BOS
   * is added only where the template writes it.
   *
   * @param turns the last one is usually the user's
   * @param text receives the answer while it is generated, whole characters only
   * @throws rankine.common.TokenizerException if the checkpoint has no chat template or tokenizer
   *     that can be used, or the template refuses the conversation
   * @throws rankine.common.ModelException as {@link #generate(String, Sampling, Consumer)}
   */
  public Generation chat(List<Turn> turns, Sampling sampling, Consumer<String> text) {
    GenerationConfig config = sampling.config();
    List<ChatMessage> messages =
        turns.stream().map(turn -> new ChatMessage(turn.role(), turn.content())).toList();
    return Generation.of(
        call(
            model -> {
              String prompt = model.chatTemplate().render(model.tokenizer(), messages, true);
              return GeneratedText.run(model, model.tokenizer().encode(prompt), config, text);
            }));
  }

  /**
   * Returns how probable texts are after a prompt. An evaluation scores a task's choices in the
   * same way, with the same bits.
   *
   * @param continuations none of them empty; a word usually begins with its space
   * @return one per text, in order
   * @throws rankine.common.TaskException if the prompt has no token
   * @throws rankine.common.ModelException for an empty continuation, or more tokens than the
   *     context has
   * @throws NullPointerException for a null among them
   */
  public List<Continuation> logProbabilities(String prompt, List<String> continuations) {
    return call(model -> ContinuationScorer.score(model, prompt, continuations));
  }

  /**
   * Evaluates this model on a task with {@link ExampleOptions#DEFAULT}.
   *
   * @param task {@code NAME[:VERSION]} of a built-in task, or {@code FILE.json[:VERSION]}
   * @param data folder of the task's data files
   * @throws rankine.common.TaskException for a fault in the task or its data
   */
  public Evaluation evaluate(String task, Path data) {
    return evaluate(task, data, ExampleOptions.DEFAULT);
  }

  /**
   * Evaluates this model on a task.
   *
   * @param task {@code NAME[:VERSION]} of a built-in task, or {@code FILE.json[:VERSION]}
   * @param data folder of the task's data files
   * @throws rankine.common.TaskException for a fault in the task, its data or {@code options}
   */
  public Evaluation evaluate(String task, Path data, ExampleOptions options) {
    EvaluationRequest request =
        new EvaluationRequest(
            Task.load(task),
            data,
            new EvaluationOptions(
                EvaluationSplit.of(options.split()),
                options.shots(),
                options.seed(),
                options.limit()));
    return Evaluation.of(
        call(model -> Evaluator.once(model, request, Optional.empty(), ProgressListener.NONE)));
  }

  /**
   * Measures how well this model predicts a text, with {@link PerplexityOptions#DEFAULT}.
   *
   * @param text a UTF-8 file: one stream of tokens
   * @throws rankine.common.TaskException for a text that cannot be read or is too short
   * @throws rankine.common.ModelException for a likelihood that is not finite
   */
  public TextPerplexity perplexity(Path text) {
    return perplexity(text, PerplexityOptions.DEFAULT);
  }

  /**
   * Measures how well this model predicts a text.
   *
   * @param text a UTF-8 file: one stream of tokens
   * @throws rankine.common.TaskException for a text that cannot be read or is too short, or a fault
   *     in {@code options}
   * @throws rankine.common.ModelException for a likelihood that is not finite
   */
  public TextPerplexity perplexity(Path text, PerplexityOptions options) {
    TextFile file = TextFile.read(text);
    Perplexity found =
        call(
            model -> {
              int context = options.context().orElse(Perplexity.defaultContext(model));
              WindowProtocol protocol =
                  new WindowProtocol(
                      context, options.stride().orElse(context), WindowMode.of(options.mode()));
              return Perplexity.of(
                  model, file, protocol, options.seed(), (_, _) -> {}, ProgressListener.NONE);
            });
    return TextPerplexity.of(found);
  }

  /**
   * Returns the singular values of a layer's original matrices, whatever the edits of this model.
   *
   * @param layer from 0, or -1 for every layer
   * @param module a matrix or a group; see {@link Pruning}
   * @param rates pruning rates in [0, 1) whose effect is computed
   * @return one per matrix, in the order of the model
   * @throws EditException for a layer or module that the model does not have, or a rate outside its
   *     range
   */
  public List<MatrixSpectrum> spectra(int layer, String module, double... rates) {
    ModuleSelection modules = ModuleSelection.of(module);
    List<PruningRate> exact = Arrays.stream(rates).mapToObj(Rankine::rate).toList();
    return call(
        _ ->
            Spectrum.of(residence.owner, layer, modules, exact).stream()
                .map(MatrixSpectrum::of)
                .toList());
  }

  private static PruningRate rate(double value) {
    if (!Double.isFinite(value)) {
      throw new EditException("rate: expected a number in [0, 1), found " + value);
    }
    return new PruningRate(BigDecimal.valueOf(value));
  }

  /** Runs a call on this model once no other call uses the backend, on one state of the files. */
  private <T> T call(Function<LoadedModel, T> body) {
    residence.lock.lock();
    try {
      if (residence.closed) {
        throw new IllegalStateException("the model is closed");
      }
      T result = body.apply(loaded);
      loaded.checkpoint().checkUnchanged();
      return result;
    } finally {
      residence.lock.unlock();
    }
  }

  /** Frees the memory of a loaded model; of a model with edits, nothing. */
  @Override
  public void close() {
    residence.lock.lock();
    try {
      if (loaded == residence.owner && !residence.closed) {
        residence.closed = true;
        loaded.close();
      }
    } finally {
      residence.lock.unlock();
    }
  }
}
