package rankine.engine.edit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import rankine.common.EditException;
import rankine.common.io.Shown;
import rankine.engine.lowrank.ParameterRatio;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.Removal;
import rankine.engine.lowrank.SketchOptions;
import rankine.engine.model.Model;
import rankine.kernels.Matrix;
import rankine.kernels.Op;

/**
 * A list of edits and the method that computes them.
 *
 * @param edits an empty list leaves the model unchanged
 * @param method applies to all edits
 * @param factored for the methods that produce factors
 * @param sketch for the randomized method
 * @param calibration for the methods that need one, and no others
 */
public record EditPlan(
    List<Edit> edits,
    EditMethod method,
    FactoredMode factored,
    SketchOptions sketch,
    Optional<Calibration> calibration) {
  /** No edits. */
  public static final EditPlan NONE =
      new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);

  /** Copies the list. */
  public EditPlan {
    edits = List.copyOf(edits);
    if (method.isCalibrated() != calibration.isPresent()) {
      throw new EditException(
          "method %s: expected %s calibration text, found %s"
              .formatted(
                  method.label(),
                  method.isCalibrated() ? "a" : "no",
                  calibration.isPresent() ? "one" : "none"));
    }
  }

  /** A plan without calibration. */
  public EditPlan(
      List<Edit> edits, EditMethod method, FactoredMode factored, SketchOptions sketch) {
    this(edits, method, factored, sketch, Optional.empty());
  }

  /** Uses the standard sketch with that seed. */
  public EditPlan(List<Edit> edits, EditMethod method, FactoredMode factored, long seed) {
    this(edits, method, factored, SketchOptions.standard(seed));
  }

  /** Returns the same method with other edits. */
  public EditPlan withEdits(List<Edit> others) {
    return new EditPlan(others, method, factored, sketch, calibration);
  }

  /**
   * Returns the same method for the whole model but some layers.
   *
   * @param ratio of each matrix
   * @param skipped layers that stay as they are
   * @param layers number of layers of the model
   * @throws EditException if no layer is left
   */
  public EditPlan withRatio(ParameterRatio ratio, Set<Integer> skipped, int layers) {
    ModuleSelection all = ModuleSelection.of("all");
    if (skipped.isEmpty()) {
      return withEdits(List.of(new Edit(Edit.EVERY_LAYER, all, ratio)));
    }
    List<Edit> left =
        IntStream.range(0, layers)
            .filter(layer -> !skipped.contains(layer))
            .mapToObj(layer -> new Edit(layer, all, ratio))
            .toList();
    if (left.isEmpty()) {
      throw new EditException(
          "skipped layers: expected fewer than the model's %d, found all".formatted(layers));
    }
    return withEdits(left);
  }

  /**
   * Returns the same plan for edits of which each matrix gets several, one after the other: with
   * the randomized method they share a sketch.
   *
   * @param smallest the smallest of their rates above 0
   */
  public EditPlan withSharedSketch(PruningRate smallest) {
    return method == EditMethod.RANDOMIZED
        ? new EditPlan(edits, method, factored, sketch.sharedFrom(smallest), calibration)
        : this;
  }

  /**
   * Returns the same plan for the rates of a search: see {@link #withSharedSketch}.
   *
   * @param rates ascending; the first is 0
   */
  public EditPlan sharedBy(List<PruningRate> rates) {
    return rates.size() > 1 ? withSharedSketch(rates.get(1)) : this;
  }

  /**
   * Returns the sketch that gives {@code rank} triplets of a matrix [m, n]; empty for the exact
   * decomposition.
   */
  Optional<RandomizedOptions> sketch(int rank, int m, int n) {
    return switch (method) {
      case EXACT -> Optional.empty();
      case RANDOMIZED -> sketch.of(rank, m, n);
      case MAGNITUDE, ZERO, ASVD, WHITENED, ANCHORED ->
          throw new IllegalStateException("no SVD: " + method);
    };
  }

  /**
   * Returns the names of the matrices that the randomized method decomposes exactly, because that
   * is faster at the rank wanted; none for another method.
   *
   * @param model without edits
   */
  public Set<String> decomposedExactly(Model model) {
    Set<String> exact = new LinkedHashSet<>();
    if (method == EditMethod.RANDOMIZED) {
      Map<String, Edit> selected = EditOverlay.check(model, edits);
      for (Op op : model.layers().stream().flatMap(List::stream).toList()) {
        if (op instanceof Op.Linear linear && selected.containsKey(linear.name())) {
          Edit edit = selected.get(linear.name());
          int m = linear.weight().rows();
          int n = linear.weight().cols();
          int rank = edit.isNone() ? 0 : edit.removal().rank(m, n);
          if (rank > 0 && sketch(rank, m, n).isEmpty()) {
            exact.add(linear.name());
          }
        }
      }
    }
    return exact;
  }

  /** Returns sentences on {@link #decomposedExactly} that a reader of the results must know. */
  public List<String> notes(Model model) {
    return notes(decomposedExactly(model));
  }

  /** Returns the same of the matrices of several plans. */
  public static List<String> notes(Set<String> exact) {
    return exact.isEmpty()
        ? List.of()
        : List.of(
            "method randomized: decomposed exactly, which is faster where more than 3/8 of the rank"
                + " is wanted: "
                + Shown.brief(String.join(", ", exact)));
  }

  /**
   * Returns the different ranks of all edits, ascending: see {@link Edit#ranks}.
   *
   * @param model without edits
   */
  public List<Integer> ranks(Model model) {
    return edits.stream()
        .flatMap(edit -> edit.ranks(model, method).stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** Returns the same edits with another factored mode. */
  public EditPlan withFactored(FactoredMode other) {
    return new EditPlan(edits, method, other, sketch, calibration);
  }

  /**
   * Returns the fraction of the parameters of all blocks' matrices that their factors save; with
   * {@link FactoredMode#NEVER} those that {@link FactoredMode#AUTO} would keep. A matrix that stays
   * dense saves nothing; with {@link FactoredMode#ALWAYS} the fraction is negative where factors
   * have more. Empty for methods that do not lower the rank.
   *
   * @param model without edits
   */
  public OptionalDouble removed(Model model) {
    if (!method.isLowRank() || edits.isEmpty()) {
      return OptionalDouble.empty();
    }
    Map<String, Edit> selected = EditOverlay.check(model, edits);
    double all = 0;
    double saved = 0;
    for (List<Op> layer : model.layers()) {
      for (Op op : layer) {
        if (op instanceof Op.Linear linear) {
          Matrix w = linear.weight().source();
          all += (double) w.rows() * w.cols();
          Edit edit = selected.get(linear.name());
          if (edit != null && !edit.isNone()) {
            saved += saved(edit.removal(), w.rows(), w.cols());
          }
        }
      }
    }
    return OptionalDouble.of(saved / all);
  }

  /** Returns the parameters of a matrix [m, n] less those of its factors. */
  private double saved(Removal removal, int m, int n) {
    int rank = removal.rank(m, n);
    FactoredMode mode = isStoredDense() ? FactoredMode.AUTO : factored;
    // A zero matrix is a pair of rank 1 in any case.
    return rank == 0 || mode.keepsFactors(rank, m, n)
        ? (double) m * n - Math.max(1, rank) * ((double) m + n)
        : 0;
  }

  /** Returns whether matrices of lower rank have as many parameters as before. */
  public boolean isStoredDense() {
    return factored == FactoredMode.NEVER;
  }

  /** Returns one object per edit, with every parameter of the result, for manifests. */
  public ArrayNode toJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Edit edit : edits) {
      ObjectNode json = list.addObject().put("edit", edit.toString()).put("method", method.label());
      switch (method) {
        case EXACT -> json.put("factored", factored.label());
        case RANDOMIZED -> addSketch(json.put("factored", factored.label()));
        case ASVD, WHITENED, ANCHORED ->
            json.put("factored", factored.label())
                .set("calibration", calibration.orElseThrow().toJson());
        case MAGNITUDE, ZERO -> {}
      }
    }
    return list;
  }

  private void addSketch(ObjectNode json) {
    json.put("svd_preset", sketch.preset().label());
    sketch.oversampling().ifPresent(p -> json.put("svd_oversampling", p));
    sketch.powerIterations().ifPresent(q -> json.put("svd_power_iterations", q));
    json.put("seed", sketch.seed());
    sketch.smallestRate().ifPresent(rate -> json.put("svd_smallest_rate", rate.value()));
  }
}
