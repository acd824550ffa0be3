package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;
import rankine.kernels.DType;

/**
 * Cost and time of the kernels for matrices of one shape, type and layout. Times do not depend on
 * the values of a matrix, so the matrices share one measurement.
 *
 * @param matrices names of the matrices
 * @param m rows
 * @param n columns
 * @param original stored type of the matrices
 * @param phases prefill, decode
 */
public record KernelProfile(
    List<String> matrices, int m, int n, DType original, List<Phase> phases) {

  /** Copies the lists. */
  public KernelProfile {
    matrices = List.copyOf(matrices);
    phases = List.copyOf(phases);
  }

  /** The faster of the two representations. */
  public enum Faster {
    /** The dense matrix. */
    DENSE,
    /** Two thin products. */
    FACTORED,
    /** The medians do not differ significantly. */
    EITHER
  }

  /**
   * The measurements for one batch size.
   *
   * @param name {@code prefill} or {@code decode}
   * @param rows tokens per batch
   * @param original the product with the matrix in its stored type
   * @param dense the product with a dense edited matrix
   * @param ranks the ranks of the rates, in the given order
   * @param crossover between the factors and the dense edited matrix, the two options of {@code
   *     --factored auto}
   * @param againstOriginal between the factors and the matrix in its stored type: below this rank
   *     an edit speeds up the model; absent if both have the same type and layout
   */
  public record Phase(
      String name,
      int rows,
      KernelTime original,
      KernelTime dense,
      List<AtRank> ranks,
      Crossover crossover,
      Optional<Crossover> againstOriginal) {

    /** Copies the list. */
    public Phase {
      ranks = List.copyOf(ranks);
    }

    /** Returns the significantly faster representation at that rank. */
    public Faster faster(AtRank at) {
      if (at.factored.timing().significantlyBelow(dense.timing())) {
        return Faster.FACTORED;
      }
      return dense.timing().significantlyBelow(at.factored.timing()) ? Faster.DENSE : Faster.EITHER;
    }

    /** Returns whether {@code --factored auto} runs the slower representation at that rank. */
    public boolean autoIsSlower(AtRank at) {
      return faster(at) == (at.autoFactored ? Faster.DENSE : Faster.FACTORED);
    }

    private ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("phase", name).put("rows", rows);
      json.set("original", original.toJson());
      json.set("dense", dense.toJson());
      ArrayNode list = json.putArray("ranks");
      for (AtRank at : ranks) {
        ObjectNode entry = list.addObject();
        ArrayNode rates = entry.putArray("rates");
        at.rates.forEach(rate -> rates.add(rate.value()));
        entry.put("rank", at.rank);
        entry.set("right", at.right.toJson());
        entry.set("left", at.left.toJson());
        entry.set("factored", at.factored.toJson());
        entry.put("auto", at.autoFactored ? "factored" : "dense");
        entry.put("faster", faster(at).name().toLowerCase(Locale.ROOT));
        entry.put("auto_is_slower", autoIsSlower(at));
      }
      json.set("crossover", crossover.toJson());
      againstOriginal.ifPresent(c -> json.set("crossover_against_original", c.toJson()));
      return json;
    }
  }

  /**
   * The measurements for one rank.
   *
   * @param rates the rates that give this rank; none for a plan
   * @param right the product with {@code V_kᵀ}, [k, n]
   * @param left the product with {@code U_k S_k}, [m, k]
   * @param factored both products in sequence
   * @param autoFactored whether {@code --factored auto} runs factors
   */
  public record AtRank(
      List<PruningRate> rates,
      int rank,
      KernelTime right,
      KernelTime left,
      KernelTime factored,
      boolean autoFactored) {}

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode names = json.putArray("matrices");
    matrices.forEach(names::add);
    json.putArray("shape").add(m).add(n);
    json.putObject("dtype").put("original", original.name()).put("edited", DType.F32.name());
    ArrayNode list = json.putArray("phases");
    phases.forEach(phase -> list.add(phase.toJson()));
    return json;
  }
}
