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
import rankine.common.NaturalOrder;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.checkpoint.CheckpointCopy;
import rankine.engine.checkpoint.TensorInfo;
import rankine.engine.edit.Decompositions;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.Editors;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.MatrixEditor;
import rankine.engine.model.Model;

/**
 * Writes a checkpoint in which edited matrices are stored: dense, for any loader to read, or as
 * factors where the plan asks for them ({@link StoredFactors}), which {@link
 * rankine.engine.model.Architectures} reads back. A tensor that several matrices share stays dense.
 * All else is as in the original: names, shapes, types, order, shards, and every byte that belongs
 * to no edited matrix.
 *
 * <p>The metadata of each weights file gets two entries: {@code rankine_edits}, the plan as JSON,
 * and {@code rankine_source_sha256}, the {@link Checkpoint#hash} of the checkpoint that was edited.
 * They replace those of an earlier pruning, whose result that hash names.
 *
 * <p>Where factors are kept, {@code rankine_factored} says how to read them.
 *
 * <p>One dense matrix at a time is in memory, and the factors of one weights file.
 */
public final class CheckpointPruner {
  /** The metadata entry that holds the plan. */
  public static final String EDITS = "rankine_edits";

  /** The metadata entry that holds the hash of the original. */
  public static final String SOURCE = "rankine_source_sha256";

  /** The metadata entry of a checkpoint with factors. */
  public static final String FACTORED = "rankine_factored";

  private static final String FACTORED_MEANS =
      "a tensor NAME that is absent is NAME.left x NAME.right";

  private final Checkpoint checkpoint;
  private final EditPlan plan;
  private final Path out;
  private final CheckpointCopy copy;
  private final Map<TensorInfo, List<StoredMatrix>> places;

  private CheckpointPruner(
      Checkpoint checkpoint,
      EditPlan plan,
      Path out,
      CheckpointCopy copy,
      Map<TensorInfo, List<StoredMatrix>> places) {
    this.checkpoint = checkpoint;
    this.plan = plan;
    this.out = out;
    this.copy = copy;
    this.places = places;
  }

  /** Hears how far it is. */
  @FunctionalInterface
  public interface PruneListener {
    /** {@code done} of {@code total} matrices are edited and written. */
    void progress(int done, int total);
  }

  /**
   * What was done.
   *
   * @param changed the original's tensors that hold an edited matrix, in stored order
   * @param factored those of them that are now factors
   * @param shared those that were to be factors, and are not because several matrices share them
   */
  public record PruneResult(
      Path out,
      EditPlan plan,
      CheckpointCopy.Written written,
      List<String> changed,
      List<String> factored,
      List<String> shared) {
    /** Copies the lists. */
    public PruneResult {
      changed = List.copyOf(changed);
      factored = List.copyOf(factored);
      shared = List.copyOf(shared);
    }

    /**
     * {@code out}, {@code edits}, {@code files}, {@code bytes}, {@code changed}, {@code factored},
     * {@code shared}, {@code sha256}.
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
      ArrayNode dense = json.putArray("shared");
      shared.forEach(dense::add);
      return json.put("sha256", written.hash());
    }
  }

  /**
   * Checks all that can be checked before anything is computed or written.
   *
   * @param model of {@code checkpoint}, without edits
   * @param out the folder to be made
   * @throws EditException for edits that the model cannot have
   * @throws rankine.common.CheckpointException as {@link CheckpointCopy#plan}
   */
  public static CheckpointPruner plan(Checkpoint checkpoint, Model model, EditPlan plan, Path out) {
    Map<String, Edit> edits = new LinkedHashMap<>(EditOverlay.check(model, plan.edits()));
    edits.values().removeIf(Edit::isNone);
    Map<TensorInfo, List<StoredMatrix>> places =
        StoredMatrix.all(checkpoint, model, edits).stream()
            .collect(Collectors.groupingBy(StoredMatrix::tensor));
    CheckpointCopy copy = CheckpointCopy.plan(checkpoint, out);
    return new CheckpointPruner(checkpoint, plan, out, copy, places);
  }

  /** What lies in the original's folder and is not copied: a line each, with why. */
  public List<String> skipped() {
    return copy.skipped();
  }

  /**
   * Edits and writes. Either the whole folder is there at the end, or nothing.
   *
   * @param decompositions of the original's matrices
   * @throws EditException if an edited element is not finite in the type it is stored in
   * @throws rankine.common.CheckpointException as {@link CheckpointCopy#write}
   */
  public PruneResult run(Decompositions decompositions, PruneListener listener) {
    return run(Editors.of(plan, decompositions), listener);
  }

  PruneResult run(MatrixEditor editor, PruneListener listener) {
    Map<String, String> metadata = new LinkedHashMap<>(); // in order: equal runs, equal files
    metadata.put(EDITS, plan.toJson().toString());
    metadata.put(SOURCE, checkpoint.hash());
    if (plan.factored() != FactoredMode.NEVER) {
      metadata.put(FACTORED, FACTORED_MEANS);
    }
    TensorRewriter rewriting = new TensorRewriter(plan.factored(), places, editor, listener);
    CheckpointCopy.Written written = copy.write(metadata, rewriting);
    List<String> changed =
        checkpoint.tensors().stream()
            .filter(places::containsKey)
            .map(TensorInfo::name)
            .sorted(NaturalOrder.INSTANCE)
            .toList();
    List<String> factored = rewriting.factored().stream().sorted(NaturalOrder.INSTANCE).toList();
    return new PruneResult(out, plan, written, changed, factored, rewriting.shared());
  }
}
