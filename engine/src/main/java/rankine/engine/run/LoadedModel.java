package rankine.engine.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import rankine.common.EditException;
import rankine.common.ModelException;
import rankine.engine.calibration.CalibratedCompression;
import rankine.engine.calibration.LossAllocation;
import rankine.engine.calibration.OutputBases;
import rankine.engine.chat.ChatTemplate;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.RankAllocation;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.MemoryLimits;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.replay.ActivationBudget;
import rankine.kernels.Backends;
import rankine.kernels.Matrix;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** A checkpoint and its model, resident on a backend. Closing it closes both. */
public final class LoadedModel implements AutoCloseable {
  private static final CalibratedCompression.CompressionListener QUIET =
      (name, rank, error, done, total) -> {};

  private final Checkpoint checkpoint;
  private final Backends.BackendChoice backend;
  private final Model original;
  private final Model model;
  private final EditPlan edits;
  private final Supplier<Tokenizer> tokenizer;
  private final Supplier<ChatTemplate> chatTemplate;
  private final Supplier<Set<Integer>> endIds;
  private final Decompositions decompositions;
  private final OutputBases bases;
  private final MemoryLimits limits;

  /** The model without edits. */
  private LoadedModel(
      Checkpoint checkpoint,
      Backends.BackendChoice backend,
      Model model,
      FactorCache cache,
      MemoryLimits limits) {
    this.checkpoint = checkpoint;
    this.backend = backend;
    this.original = model;
    this.model = model;
    this.edits = EditPlan.NONE;
    this.tokenizer = Lazy.of(() -> Tokenizers.load(checkpoint.directory()));
    this.chatTemplate = Lazy.of(() -> ChatTemplate.load(checkpoint.directory()));
    this.endIds = Lazy.of(checkpoint::endIds);
    this.decompositions = new Decompositions(backend.backend(), cache, limits);
    this.bases = new OutputBases(cache, checkpoint::hash);
    this.limits = limits;
  }

  /** An edited variant of {@code loaded}, with which it shares the rest. */
  private LoadedModel(LoadedModel loaded, Model model, EditPlan edits) {
    this.checkpoint = loaded.checkpoint;
    this.backend = loaded.backend;
    this.original = loaded.original;
    this.model = model;
    this.edits = edits;
    this.tokenizer = loaded.tokenizer;
    this.chatTemplate = loaded.chatTemplate;
    this.endIds = loaded.endIds;
    this.decompositions = loaded.decompositions;
    this.bases = loaded.bases;
    this.limits = loaded.limits;
  }

  /**
   * Loads the model in {@code directory}. The tokenizer is read at first use: callers with token
   * ids need none.
   *
   * @throws rankine.common.CheckpointException for a fault in the checkpoint
   * @throws rankine.common.BackendException for a backend that is unknown or not usable
   */
  public static LoadedModel open(Path directory, BackendOptions options) {
    return open(directory, options, FactorCache.none());
  }

  /** As {@link #open(Path, BackendOptions)}, with decompositions cached in {@code cache}. */
  public static LoadedModel open(Path directory, BackendOptions options, FactorCache cache) {
    return open(directory, options, cache, MemoryLimits.current());
  }

  /**
   * As {@link #open(Path, BackendOptions, FactorCache)}.
   *
   * @param limits what needs more is refused before it begins
   */
  // The returned object owns the checkpoint and the backend, and closes them.
  @SuppressWarnings("MustBeClosedChecker")
  static LoadedModel open(
      Path directory, BackendOptions options, FactorCache cache, MemoryLimits limits) {
    if (options.copyWeights()) {
      try (Checkpoint mapped = Checkpoint.open(directory)) {
        limits.requireMachine(mapped.bytes(), "copies of the weights", "without --copy-weights");
      }
    }
    Checkpoint checkpoint = Checkpoint.open(directory, options.copyWeights());
    try {
      Architectures.config(checkpoint); // checked before a backend starts
      Backends.BackendChoice backend =
          Backends.open(options.backend(), options.threads(), options.device());
      try {
        Model model = Architectures.load(checkpoint, backend.backend());
        return new LoadedModel(checkpoint, backend, model, cache, limits);
      } catch (RuntimeException | Error e) {
        backend.backend().close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * Returns a variant of the model with the edits of {@code plan}. It shares the checkpoint, the
   * backend and all unedited weights with this object; close this object, not the variant.
   *
   * @param plan edits of the original weights; edits that this object has do not count
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public LoadedModel edited(EditPlan plan) {
    return edited(plan, QUIET);
  }

  /**
   * As {@link #edited(EditPlan)}.
   *
   * @param listener receives the matrices that a calibrated method replaces
   */
  public LoadedModel edited(EditPlan plan, CalibratedCompression.CompressionListener listener) {
    Model edited =
        EditOverlay.apply(original, plan.edits(), editor(plan, listener), backend.backend());
    return new LoadedModel(this, edited, plan);
  }

  /** As {@link #editor(EditPlan, CalibratedCompression.CompressionListener)}. */
  public MatrixEditor editor(EditPlan plan) {
    return editor(plan, QUIET);
  }

  /**
   * Returns the editor that computes a plan's replacements of the original matrices; a calibrated
   * method computes them all now.
   */
  public MatrixEditor editor(EditPlan plan, CalibratedCompression.CompressionListener listener) {
    if (!plan.method().isCalibrated()) {
      return MatrixEditor.of(plan, decompositions);
    }
    Map<Matrix, Replacement> replacements =
        CalibratedCompression.replacements(
            original,
            plan,
            CalibrationWindows.of(
                plan.calibration().orElseThrow(), tokenizer(), original.config().contextLength()),
            backend.backend(),
            new ActivationBudget(Evaluator.ACTIVATION_BYTES),
            bases,
            listener);
    return (name, w, removal) -> replacements.get(w);
  }

  /**
   * Returns {@code uniform} with its ranks shared out as {@code allocation} says: itself, or {@link
   * #allocated(EditPlan, CalibratedCompression.CompressionListener)}.
   */
  public EditPlan allocated(
      EditPlan uniform,
      RankAllocation allocation,
      CalibratedCompression.CompressionListener listener) {
    return switch (allocation) {
      case UNIFORM -> uniform;
      case LOSS -> allocated(uniform, listener);
    };
  }

  /**
   * Returns a plan of as many parameters as {@code uniform}, with ranks by the errors on its
   * calibration text. One pass through the original model gives the errors of {@code whitened},
   * whatever the method; the method may then see the inputs of a compressed model.
   *
   * @param uniform with a calibrated method
   * @param listener receives the matrices, with their uniform ranks
   * @throws EditException for a method without calibration, or a layer or module that the model
   *     does not have
   */
  public EditPlan allocated(EditPlan uniform, CalibratedCompression.CompressionListener listener) {
    if (uniform.edits().stream().anyMatch(Edit::isNone)) {
      return uniform; // a ratio of 0: nothing to share
    }
    Calibration calibration =
        uniform
            .calibration()
            .orElseThrow(
                () ->
                    new EditException(
                        "allocation loss: expected a method with a calibration text, found "
                            + uniform.method().label()));
    Map<String, double[]> spectra =
        CalibratedCompression.spectra(
            original,
            uniform.edits(),
            calibration,
            CalibrationWindows.of(calibration, tokenizer(), original.config().contextLength()),
            backend.backend(),
            new ActivationBudget(Evaluator.ACTIVATION_BYTES),
            bases,
            listener);
    return LossAllocation.of(original, uniform, spectra);
  }

  /** Returns the edits of {@link #model}; none for the original. */
  public EditPlan edits() {
    return edits;
  }

  /** Returns the decompositions of the original weights. */
  public Decompositions decompositions() {
    return decompositions;
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** Returns sentences for the user: which part of a multimodal checkpoint is loaded. */
  public List<String> notes() {
    return Architectures.notes(checkpoint);
  }

  /** Returns the backend and the reason it was chosen. */
  public Backends.BackendChoice backend() {
    return backend;
  }

  /** Returns the model without edits. */
  public Model original() {
    return original;
  }

  /** Returns the model with {@link #edits}. */
  public Model model() {
    return model;
  }

  /**
   * Returns the tokenizer in the checkpoint's folder.
   *
   * @throws rankine.common.TokenizerException if there is none or it is malformed
   * @throws ModelException if its vocabulary is larger than the model's
   */
  public Tokenizer tokenizer() {
    Tokenizer found = tokenizer.get();
    int vocabSize = model.config().vocabSize();
    if (found.vocabSize() > vocabSize) {
      throw new ModelException(
          "%s: tokenizer: expected at most %d ids (the model's vocab_size), found %d"
              .formatted(checkpoint.directory(), vocabSize, found.vocabSize()));
    }
    return found;
  }

  /**
   * Returns the chat template in the checkpoint's folder.
   *
   * @throws rankine.common.TokenizerException if there is none, or one that cannot be used
   */
  public ChatTemplate chatTemplate() {
    return chatTemplate.get();
  }

  /** Returns the ids that end a generated text: see {@link Checkpoint#endIds}. */
  public Set<Integer> endIds() {
    return endIds.get();
  }

  /** Returns whether the checkpoint's folder has files of a tokenizer, which may be at fault. */
  public boolean hasTokenizer() {
    return Tokenizers.areIn(checkpoint.directory());
  }

  /** Returns a session for one sequence: logits of the last position only. */
  public Session session() {
    return session(model, 1);
  }

  /** Returns a session for scoring continuations: many logit rows per batch. */
  public Session scoringSession() {
    return session(model, Session.SCORING_ROWS);
  }

  /**
   * Returns a session for many sequences.
   *
   * @param rows maximum tokens per batch
   * @param logitRows maximum logit rows per batch
   */
  public Session session(int rows, int logitRows) {
    return session(model, rows, logitRows);
  }

  /** Returns what this process may allocate. */
  public MemoryLimits limits() {
    return limits;
  }

  /** Returns a session for one sequence of a variant of the model. */
  Session session(Model variant) {
    return session(variant, 1);
  }

  /**
   * Refuses a sequence whose keys and values, with the activations of a batch, do not fit the
   * memory.
   *
   * @param tokens of the sequence at its end; beyond the model's context it is refused otherwise
   * @param less the options that would need less
   * @throws ModelException with the bytes needed and found
   */
  void requireMemory(long tokens, String less) {
    long length = Math.min(tokens, model.longestContext());
    if (backend.backend().usesHeap()) {
      limits.requireHeap(
          model.cacheBytes(length) + model.activationBytes(chunk(model), 1),
          "the keys and values of %,d tokens and the activations".formatted(length),
          less);
    }
  }

  private static int chunk(Model variant) {
    return Math.min(Session.DEFAULT_CHUNK, variant.config().contextLength());
  }

  private Session session(Model variant, int logitRows) {
    return session(variant, chunk(variant), logitRows);
  }

  private Session session(Model variant, int rows, int logitRows) {
    if (backend.backend().usesHeap()) {
      long bytes = variant.activationBytes(rows, Math.min(logitRows, rows));
      limits.requireHeap(bytes, "the activations of %,d tokens".formatted(rows), "");
    }
    return new Session(variant, backend.backend(), rows, logitRows);
  }

  @Override
  public void close() {
    backend.backend().close();
    checkpoint.close();
  }
}
