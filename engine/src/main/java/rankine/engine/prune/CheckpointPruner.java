package rankine.engine.prune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import rankine.common.EditException;
import rankine.common.io.NaturalOrder;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.CheckpointCopy;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.edit.PlanFile;
import rankine.engine.model.Model;

/**
 * Writes a copy of a checkpoint with edited matrices: dense, readable by any loader, or as factors
 * if the plan requests them ({@link StoredFactors}), readable by {@link
 * rankine.engine.model.Architectures}. A fused tensor of which a matrix is factored gives way to
 * one tensor for each of its other matrices ({@link rankine.engine.model.Module#partOf}).
 * Everything else equals the original: names, shapes, types, order, shards, and every byte outside
 * the edited matrices.
 *
 * <p>The metadata of each weight file gets two entries: {@code rankine_edits}, the plan as JSON,
 * and {@code rankine_source_sha256}, the {@link Checkpoint#hash} of the original. They replace the
 * entries of an earlier pruning, whose result that hash identifies. With factors, a third entry
 * {@code rankine_factored} describes how to read them. The folder also gets the plan as a file of
 * its own, {@link PlanFile#NAME}.
 *
 * <p>Memory holds one dense matrix at a time, and the factors of one weight file.
 */
public final class CheckpointPruner {
  /** The metadata entry with the plan. */
  public static final String EDITS = "rankine_edits";

  /** The metadata entry with the hash of the original. */
  public static final String SOURCE = "rankine_source_sha256";

  /** The metadata entry of a checkpoint with factors. */
  public static final String FACTORED = "rankine_factored";

  private static final String FACTORED_DESCRIPTION =
      "a tensor NAME that is absent is NAME.left x NAME.right; a fused one has the parts NAME.MODULE";

  private final Checkpoint checkpoint;
  private final EditPlan plan;
  private final Path out;
  private final CheckpointCopy copy;
  private final Map<TensorInfo, List<StoredMatrix>> matrices;

  private CheckpointPruner(
      Checkpoint checkpoint,
      EditPlan plan,
      Path out,
      CheckpointCopy copy,
      Map<TensorInfo, List<StoredMatrix>> matrices) {
    this.checkpoint = checkpoint;
    this.plan = plan;
    this.out = out;
    this.copy = copy;
    this.matrices = matrices;
  }

  /** Receives progress. */
  @FunctionalInterface
  public interface PruneListener {
    /** Called when {@code done} of {@code total} matrices are edited and written. */
    void progress(int done, int total);
  }

  /**
   * The result of {@link #run}.
   *
   * @param changed the original tensors with an edited matrix, in storage order
   * @param factored the tensors of these with a matrix that is stored as factors
   */
  public record PruneResult(
      Path out,
      EditPlan plan,
      CheckpointCopy.Written written,
      List<String> changed,
      List<String> factored) {
    /** Copies the lists. */
    public PruneResult {
      changed = List.copyOf(changed);
      factored = List.copyOf(factored);
    }

    /**
     * Returns {@code out}, {@code edits}, {@code files}, {@code bytes}, {@code changed}, {@code
     * factored}, {@code shared}, {@code sha256}. The array {@code shared} is empty: fused tensors,
     * which it named, are factored like all others.
     */
    public ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("out", out.toString());
      json.set("edits", plan.toJson());
      ArrayNode files = json.putArray("files");
      written.files().forEach(files::add);
      json.put("bytes", written.bytes());
      ArrayNode names = json.putArray("changed");
      changed.forEach(names::add);
      ArrayNode factors = json.putArray("factored");
      factored.forEach(factors::add);
      json.putArray("shared");
      return json.put("sha256", written.hash());
    }
  }

  /**
   * Performs all checks that need no computation and no writing.
   *
   * @param model the unedited model of {@code checkpoint}
   * @param out the folder to create
   * @throws EditException for edits that do not fit the model
   * @throws rankine.common.CheckpointException as in {@link CheckpointCopy#plan}
   */
  public static CheckpointPruner plan(Checkpoint checkpoint, Model model, EditPlan plan, Path out) {
    Map<String, Edit> edits = new LinkedHashMap<>(EditOverlay.check(model, plan.edits()));
    edits.values().removeIf(Edit::isNone);
    Map<TensorInfo, List<StoredMatrix>> matrices =
        StoredMatrix.all(checkpoint, model, edits).stream()
            .collect(Collectors.groupingBy(StoredMatrix::tensor));
    matrices.values().removeIf(parts -> parts.stream().allMatch(part -> part.edit().isEmpty()));
    CheckpointCopy copy = CheckpointCopy.plan(checkpoint, out);
    return new CheckpointPruner(checkpoint, plan, out, copy, matrices);
  }

  /**
   * Returns the files of the original folder that are not copied: one line each, with the reason.
   */
  public List<String> skipped() {
    return copy.skipped();
  }

  /**
   * Edits the matrices and writes the copy. The folder appears complete or not at all.
   *
   * @param editor of the original matrices, for the plan
   * @throws EditException if an edited element is not finite in its stored type
   * @throws rankine.common.CheckpointException as in {@link CheckpointCopy#write}
   */
  public PruneResult run(MatrixEditor editor, PruneListener listener) {
    Map<String, String> metadata =
        new LinkedHashMap<>(); // insertion order: equal runs give equal files
    metadata.put(EDITS, plan.toJson().toString());
    metadata.put(SOURCE, checkpoint.hash());
    if (plan.factored() != FactoredMode.NEVER) {
      metadata.put(FACTORED, FACTORED_DESCRIPTION);
    }
    TensorRewriter rewriter = new TensorRewriter(plan.factored(), matrices, editor, listener);
    CheckpointCopy.Written written =
        copy.write(Map.of(PlanFile.NAME, PlanFile.bytes(plan)), metadata, rewriter);
    List<String> changed =
        checkpoint.tensors().stream()
            .filter(matrices::containsKey)
            .map(TensorInfo::name)
            .sorted(NaturalOrder.INSTANCE)
            .toList();
    List<String> factored = rewriter.factored().stream().sorted(NaturalOrder.INSTANCE).toList();
    return new PruneResult(out, plan, written, changed, factored);
  }
}
