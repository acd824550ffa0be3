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
 * What the kernels of matrices of one shape, type and layout cost and take. Times do not depend on
 * the numbers in a matrix, so one study serves all of them.
 *
 * @param matrices their names
 * @param m rows
 * @param n columns
 * @param original the type that the matrices are stored in
 * @param phases prefill, decode
 */
public record KernelProfile(
    List<String> matrices, int m, int n, DType original, List<Phase> phases) {

  /** Copies the lists. */
  public KernelProfile {
    matrices = List.copyOf(matrices);
    phases = List.copyOf(phases);
  }

  /** Which of two forms takes less time. */
  public enum Faster {
    /** The matrix, multiplied out. */
    DENSE,
    /** Two thin products. */
    FACTORED,
    /** The medians do not differ beyond chance. */
    EITHER
  }

  /**
   * One number of rows.
   *
   * @param name {@code prefill} or {@code decode}
   * @param rows tokens that go through together
   * @param original the product with the matrix as it is stored
   * @param dense the product with an edited matrix, multiplied out
   * @param ranks of the rates, in the order given
   * @param crossover of the factors with the edited matrix: what {@code --factored auto} chooses
   *     between
   * @param againstOriginal of the factors with the matrix as it is stored: below it an edit makes
   *     the model faster; absent where the two are stored alike
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

    /** Which form was faster at that rank, beyond chance. */
    public Faster faster(AtRank at) {
      if (at.factored.timing().clearlyBelow(dense.timing())) {
        return Faster.FACTORED;
      }
      return dense.timing().clearlyBelow(at.factored.timing()) ? Faster.DENSE : Faster.EITHER;
    }

    /** Whether {@code --factored auto} runs the slower form at that rank. */
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
   * One rank.
   *
   * @param rates that keep it
   * @param right the product with {@code V_kᵀ}, [k, n]
   * @param left the product with {@code U_k S_k}, [m, k]
   * @param factored one after the other
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
