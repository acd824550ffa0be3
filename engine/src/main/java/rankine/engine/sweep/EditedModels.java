package rankine.engine.sweep;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.lowrank.BoundedCache;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Op;

/**
 * The models of targets. Those of the last target are kept up to a limit, so that groups of one
 * target, each with another task or seed, share them.
 */
final class EditedModels {
  /**
   * Enough for an MLP of a model with seven billion parameters at the paper's rates: 1.2 GB, of
   * which rate 0.1 takes half. With less than all, groups that pass through the rates would find
   * none.
   */
  static final long KEPT_BYTES = 5L << 28;

  private final LoadedModel loaded;
  private final TargetPlans plans;
  private final long maxBytes;
  private Optional<EditTarget> last = Optional.empty();
  private BoundedCache<PruningRate, LoadedModel> kept;

  /**
   * Makes models of {@code loaded}.
   *
   * @param maxBytes limit of the matrices that the models kept do not share with {@code loaded}; 0
   *     keeps none
   */
  EditedModels(LoadedModel loaded, TargetPlans plans, long maxBytes) {
    this.loaded = loaded;
    this.plans = plans;
    this.maxBytes = maxBytes;
    this.kept = new BoundedCache<>(maxBytes, this::bytes);
  }

  /** As {@link TargetPlans#edits}. */
  List<Edit> edits(EditTarget target, PruningRate rate) {
    return plans.edits(loaded, target, rate);
  }

  /** Returns {@link TargetPlans#edited}, a new model or one that was returned before. */
  LoadedModel of(EditTarget target, PruningRate rate, SweepListener listener) {
    if (!last.equals(Optional.of(target))) {
      last = Optional.of(target);
      kept = new BoundedCache<>(maxBytes, this::bytes);
    }
    Optional<LoadedModel> known = kept.get(rate);
    if (known.isPresent()) {
      return known.get();
    }
    LoadedModel made = plans.edited(loaded, target, rate, listener);
    if (bytes(made) <= maxBytes) {
      kept.put(rate, made);
    }
    return made;
  }

  /** Returns the bytes of the matrices that a variant does not share with the original. */
  private long bytes(LoadedModel variant) {
    Set<Op> shared = Collections.newSetFromMap(new IdentityHashMap<>());
    loaded.original().layers().forEach(shared::addAll);
    long bytes = 0;
    for (List<Op> layer : variant.model().layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear && !shared.contains(op)) {
          bytes += (long) linear.weight().rows() * linear.weight().cols() * Float.BYTES;
        }
      }
    }
    return bytes;
  }
}
