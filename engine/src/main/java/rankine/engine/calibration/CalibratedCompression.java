package rankine.engine.calibration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import rankine.engine.edit.Calibration;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.Replacement;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.StepwiseRun;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Walks through a model layer by layer, gathers the inputs of the matrices to compress on the way,
 * and computes their replacements. Matrices with the same input (q, k, v; gate, up) share its
 * statistics. Knows no architecture: it follows operations and slots.
 */
public final class CalibratedCompression {
  private final Model model;
  private final EditPlan plan;
  private final Calibration calibration;
  private final Map<String, Edit> edits;
  private final Backend backend;
  private final MatrixOps ops;
  private final OutputBases bases;
  private final BasisKeys keys;
  private final boolean toDisk;
  private final CompressionListener listener;
  private final Purpose purpose;
  private final Map<Matrix, Replacement> replacements = new LinkedHashMap<>();
  private final Map<String, double[]> spectra = new LinkedHashMap<>();

  /** What the bases are for. */
  private enum Purpose {
    REPLACEMENTS,
    SPECTRA
  }

  private CalibratedCompression(
      Model model,
      EditPlan plan,
      Map<String, Edit> edits,
      Backend backend,
      OutputBases bases,
      BasisKeys keys,
      CompressionListener listener,
      Purpose purpose) {
    this.model = model;
    this.plan = plan;
    this.calibration = plan.calibration().orElseThrow();
    this.edits = edits;
    this.backend = backend;
    this.ops = backend.matrices();
    this.bases = bases;
    this.keys = keys;
    this.toDisk = bases.hasRoom(storedBytes());
    this.listener = listener;
    this.purpose = purpose;
  }

  /**
   * Returns the replacements of the original matrices that the plan's edits select.
   *
   * @param model without edits
   * @param plan with a calibrated method
   * @param windows the calibration texts as ids
   * @param budget of the memory for activations; beyond it they are in mapped files
   * @param bases of this model's matrices
   * @param listener receives every matrix that is replaced
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public static Map<Matrix, Replacement> replacements(
      Model model,
      EditPlan plan,
      List<int[]> windows,
      Backend backend,
      ActivationBudget budget,
      OutputBases bases,
      CompressionListener listener) {
    return run(model, plan, windows, backend, budget, bases, listener, Purpose.REPLACEMENTS)
        .replacements;
  }

  /**
   * Returns the eigenvalues of {@code W H Wᵀ} of the original matrices that the edits select, by
   * name, each descending: the squares of the singular values of W X. All from one pass through the
   * original model.
   *
   * @param calibration whatever its {@code sequential}
   * @param listener receives every matrix, with the rank and the error of its edit
   * @throws rankine.common.EditException for a layer or module that the model does not have
   */
  public static Map<String, double[]> spectra(
      Model model,
      List<Edit> edits,
      Calibration calibration,
      List<int[]> windows,
      Backend backend,
      ActivationBudget budget,
      OutputBases bases,
      CompressionListener listener) {
    EditPlan plan =
        new EditPlan(
            edits,
            EditMethod.WHITENED,
            FactoredMode.AUTO,
            SketchOptions.standard(0),
            Optional.of(calibration.withSequential(Calibration.Sequential.NONE)));
    return run(model, plan, windows, backend, budget, bases, listener, Purpose.SPECTRA).spectra;
  }

  private static CalibratedCompression run(
      Model model,
      EditPlan plan,
      List<int[]> windows,
      Backend backend,
      ActivationBudget budget,
      OutputBases bases,
      CompressionListener listener,
      Purpose purpose) {
    Map<String, Edit> edits = new LinkedHashMap<>(EditOverlay.check(model, plan.edits()));
    edits.values().removeIf(Edit::isNone);
    BasisKeys keys = new BasisKeys(model, plan, edits, windows, backend.name());
    CalibratedCompression compression =
        new CalibratedCompression(model, plan, edits, backend, bases, keys, listener, purpose);
    if (!edits.isEmpty() && !compression.known()) {
      try (StepwiseRun run = new StepwiseRun(backend, model.config().kvShape(), windows, budget)) {
        compression.walk(run);
      }
    }
    return compression;
  }

  /** Receives progress and results. */
  @FunctionalInterface
  public interface CompressionListener {
    /**
     * Called for every matrix, in model order.
     *
     * @param rank kept
     * @param error {@code ‖W X − W' X‖ / ‖W X‖} on the calibration inputs for {@link
     *     EditMethod#WHITENED}; absent for the other methods
     * @param done matrices so far, of {@code total}
     */
    void replaced(String name, int rank, OptionalDouble error, int done, int total);
  }

  /** Computes all replacements from known bases, if there are such; returns whether it did. */
  private boolean known() {
    List<Op.Linear> linears = linears();
    if (!linears.stream().allMatch(linear -> bases.has(keys.of(linear.name())))) {
      return false;
    }
    for (Op.Linear linear : linears) {
      Optional<OutputBasis> basis = known(linear);
      if (basis.isEmpty()) {
        return false; // a damaged file
      }
      use(linear, basis.get());
    }
    return true;
  }

  private List<Op.Linear> linears() {
    return model.layers().stream()
        .flatMap(List::stream)
        .filter(this::selects)
        .map(op -> (Op.Linear) op)
        .toList();
  }

  private Optional<OutputBasis> known(Op.Linear linear) {
    return bases.get(keys.of(linear.name()), linear.weight().source());
  }

  private long storedBytes() {
    boolean aimed = plan.method() == EditMethod.ANCHORED;
    return linears().stream()
        .mapToLong(l -> OutputBasis.storedBytes(l.weight().rows(), l.weight().cols(), aimed))
        .sum();
  }

  private boolean selects(Op op) {
    return op instanceof Op.Linear linear && edits.containsKey(linear.name());
  }

  private boolean selects(List<Op> layer) {
    return layer.stream().anyMatch(this::selects);
  }

  private void walk(StepwiseRun run) {
    int last = model.layers().size() - 1;
    while (!selects(model.layers().get(last))) {
      last--;
    }
    run.run(model.embedding(), StepwiseRun.inputs(model.layers().getFirst()));
    StepwiseRun original = null;
    try {
      for (int layer = 0; layer <= last; layer++) {
        List<Op> block = model.layers().get(layer);
        Set<Slot> after = StepwiseRun.inputs(after(layer));
        if (!selects(block)) {
          run.run(block, after);
          if (original != null) {
            original.run(block, after);
          }
          continue;
        }
        if (plan.method() == EditMethod.ANCHORED) {
          if (original == null) {
            original = run.fork(); // up to here both models are the same
          }
          compress(block, after, run, Optional.of(original), true);
        } else {
          switch (calibration.sequential()) {
            case NONE -> compress(block, after, run, Optional.empty(), false);
            case GROUP -> compress(block, after, run, Optional.empty(), true);
            case BLOCK -> {
              try (StepwiseRun probe = run.fork()) {
                compress(block, after, probe, Optional.empty(), false);
              }
              run.run(block.stream().flatMap(op -> compressed(op).stream()).toList(), after);
            }
          }
        }
      }
    } finally {
      if (original != null) {
        original.close();
      }
    }
  }

  /** The operations that read what a layer leaves. */
  private List<Op> after(int layer) {
    return layer + 1 < model.layers().size() ? model.layers().get(layer + 1) : model.head();
  }

  private List<Op> compressed(Op op) {
    return selects(op)
        ? EditOverlay.replace(
            (Op.Linear) op, replacements.get(((Op.Linear) op).weight().source()), backend)
        : List.of(op);
  }

  /**
   * Runs a block and computes the replacements of its selected matrices.
   *
   * @param after slots that are read after the block
   * @param run gives the inputs of the matrices
   * @param original a run of the original model beside it, for its inputs
   * @param edited whether {@code run} goes on with the replacements
   */
  private void compress(
      List<Op> block,
      Set<Slot> after,
      StepwiseRun run,
      Optional<StepwiseRun> original,
      boolean edited) {
    List<Op> pending = new ArrayList<>();
    List<Op> pendingOriginal = new ArrayList<>();
    Map<Slot, InputStatistics> known = new HashMap<>();
    for (int i = 0; i < block.size(); i++) {
      Op op = block.get(i);
      if (selects(op)) {
        Op.Linear linear = (Op.Linear) op;
        InputStatistics statistics = known.get(linear.in());
        if (statistics == null) {
          Set<Slot> keep = keep(block.subList(i, block.size()), after);
          run(run, pending, keep);
          original.ifPresent(other -> run(other, pendingOriginal, keep));
          statistics = statistics(linear.in(), run, original);
          known.put(linear.in(), statistics);
        }
        OutputBasis basis = basis(linear, statistics);
        bases.put(keys.of(linear.name()), basis, toDisk);
        use(linear, basis);
      }
      pending.addAll(edited ? compressed(op) : List.of(op));
      pendingOriginal.add(op);
      known.keySet().removeAll(op.writes());
    }
    run(run, pending, after);
    original.ifPresent(other -> run(other, pendingOriginal, after));
  }

  private static Set<Slot> keep(List<Op> rest, Set<Slot> after) {
    Set<Slot> keep = new LinkedHashSet<>(after);
    rest.forEach(op -> keep.removeAll(op.writes()));
    // A slot that the rest reads and then writes is live now, whatever comes after.
    keep.addAll(StepwiseRun.inputs(rest));
    return keep;
  }

  private static void run(StepwiseRun run, List<Op> pending, Collection<Slot> keep) {
    if (!pending.isEmpty()) {
      run.run(pending, keep);
      pending.clear();
    }
  }

  /**
   * What a replacement needs to know of an input [tokens, n].
   *
   * @param moment H, [n, n], positive definite
   * @param target T, [n, n]: the matrix to approximate is {@code W T}; absent for W itself
   */
  private record InputStatistics(double[] moment, Optional<double[]> target) {}

  private InputStatistics statistics(Slot slot, StepwiseRun run, Optional<StepwiseRun> original) {
    Matrix inputs = run.rows(slot);
    if (plan.method() == EditMethod.ASVD) {
      return new InputStatistics(InputMoments.asvd(inputs), Optional.empty());
    }
    int n = inputs.cols();
    double[] moment = InputMoments.withRidge(ops.secondMoment(inputs), n);
    return new InputStatistics(
        moment, original.map(other -> target(other.rows(slot), inputs, moment)));
  }

  /**
   * Returns {@code β X X'ᵀ H⁻¹ + (1 − β) I}: the least-squares map from the compressed model's
   * inputs X' to those that the original matrix should see (AA-SVD has β = 1).
   */
  private double[] target(Matrix originals, Matrix inputs, double[] moment) {
    int n = inputs.cols();
    double[] cross = InputMoments.cross(originals, inputs, ops);
    double[] target = ops.product(cross, n, n, OutputBasis.inverse(moment, n, ops), n);
    double beta = calibration.anchor();
    for (int i = 0; i < target.length; i++) {
      target[i] = beta * target[i] + (i % (n + 1) == 0 ? 1 - beta : 0);
    }
    return target;
  }

  private OutputBasis basis(Op.Linear linear, InputStatistics statistics) {
    Matrix stored = linear.weight().source();
    int m = stored.rows();
    int n = stored.cols();
    double[] w = OutputBasis.elements(stored);
    double[] aimed = statistics.target.map(t -> ops.product(w, m, n, t, n)).orElse(w);
    return OutputBasis.of(aimed, statistics.target.isPresent(), m, n, statistics.moment, ops);
  }

  private void use(Op.Linear linear, OutputBasis basis) {
    Matrix stored = linear.weight().source();
    int rank = edits.get(linear.name()).removal().rank(stored.rows(), stored.cols());
    switch (purpose) {
      case REPLACEMENTS -> replace(stored, basis, rank);
      case SPECTRA -> spectra.put(linear.name(), basis.values());
    }
    OptionalDouble error =
        plan.method() == EditMethod.WHITENED
            ? OptionalDouble.of(basis.error(rank))
            : OptionalDouble.empty();
    int done = replacements.size() + spectra.size();
    listener.replaced(linear.name(), rank, error, done, edits.size());
  }

  private void replace(Matrix stored, OutputBasis basis, int rank) {
    Replacement.FactorPair factors = basis.truncated(rank, ops);
    replacements.put(
        stored,
        plan.factored().keepsFactors(rank, stored.rows(), stored.cols())
            ? factors
            : new Replacement.Dense(factors.product(backend)));
  }
}
