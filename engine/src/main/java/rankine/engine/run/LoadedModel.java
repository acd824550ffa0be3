package rankine.engine.run;

import java.nio.file.Path;
import java.util.function.Supplier;
import rankine.common.ModelException;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Editors;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.model.Architectures;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.Backends;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** A checkpoint whose model is resident on a backend. Closing it frees both. */
public final class LoadedModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final Backends.BackendChoice backend;
  private final Model original;
  private final Model model;
  private final EditPlan edits;
  private final Supplier<Tokenizer> tokenizer;
  private final Decompositions decompositions;

  private LoadedModel(
      Checkpoint checkpoint,
      Backends.BackendChoice backend,
      Model original,
      Model model,
      EditPlan edits,
      Supplier<Tokenizer> tokenizer,
      Decompositions decompositions) {
    this.checkpoint = checkpoint;
    this.backend = backend;
    this.original = original;
    this.model = model;
    this.edits = edits;
    this.tokenizer = tokenizer;
    this.decompositions = decompositions;
  }

  /**
   * Loads the model in {@code directory}. The tokenizer is read when it is first asked for: token
   * ids alone need none.
   *
   * @throws rankine.common.CheckpointException for a fault in the checkpoint
   * @throws rankine.common.BackendException for a backend that cannot be had
   */
  public static LoadedModel open(Path directory, BackendOptions options) {
    return open(directory, options, FactorCache.none());
  }

  /** As {@link #open(Path, BackendOptions)}, with decompositions kept in {@code cache}. */
  // What is returned owns the checkpoint and the backend, and closes them.
  @SuppressWarnings("MustBeClosedChecker")
  public static LoadedModel open(Path directory, BackendOptions options, FactorCache cache) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    try {
      Architectures.config(checkpoint); // a checkpoint that cannot be loaded starts no backend
      Backends.BackendChoice backend =
          Backends.open(options.backend(), options.threads(), options.device());
      try {
        Model model = Architectures.load(checkpoint, backend.backend());
        return new LoadedModel(
            checkpoint,
            backend,
            model,
            model,
            EditPlan.NONE,
            Lazy.of(() -> Tokenizers.load(checkpoint.directory())),
            new Decompositions(backend.backend(), cache));
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
   * The model with edits on it. It shares all else with this one and lives as long: this one is the
   * one to close.
   *
   * @param plan edits of the original weights, whatever edits this one has
   * @throws rankine.common.EditException for an edit that the model cannot have
   */
  public LoadedModel edited(EditPlan plan) {
    Model edited =
        EditOverlay.apply(
            original, plan.edits(), Editors.of(plan, decompositions), backend.backend());
    return new LoadedModel(checkpoint, backend, original, edited, plan, tokenizer, decompositions);
  }

  /** The edits that the model has. */
  public EditPlan edits() {
    return edits;
  }

  /** Decompositions of the original weights. */
  public Decompositions decompositions() {
    return decompositions;
  }

  /** The checkpoint. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The backend and why it was chosen. */
  public Backends.BackendChoice backend() {
    return backend;
  }

  /** The model without edits. */
  public Model original() {
    return original;
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /**
   * The tokenizer beside the weights.
   *
   * @throws rankine.common.TokenizerException if there is none or it is broken
   * @throws ModelException if it has ids that the model does not have
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

  /** A session for one text at a time: logits of the last position only. */
  public Session session() {
    return session(1);
  }

  /** A session for scoring continuations. */
  public Session scoringSession() {
    return session(Session.SCORING_ROWS);
  }

  private Session session(int logitRows) {
    int chunk = Math.min(Session.DEFAULT_CHUNK, model.config().contextLength());
    return new Session(model, backend.backend(), chunk, logitRows);
  }

  @Override
  public void close() {
    backend.backend().close();
    checkpoint.close();
  }
}
