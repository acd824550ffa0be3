package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.RunException;
import rankine.common.io.JsonObject;
import rankine.engine.stats.PairedComparison;
import rankine.engine.stats.RunComparison;
import rankine.engine.stats.Score;
import rankine.engine.stats.WindowComparison;

/**
 * An evaluation as it is recorded: what a search compares, a cell of a run folder holds and a
 * report reads.
 */
public sealed interface EvaluationRecord permits TaskRecord, TextRecord {
  /** Reads the keys that {@link #addTo} and the cell write. */
  static EvaluationRecord of(JsonObject json) {
    return json.has("nll") ? TextRecord.of(json) : TaskRecord.of(json);
  }

  /** The figures as the command for one evaluation prints them, but for the manifest. */
  ObjectNode result();

  /** What else the figures depend on. */
  ObjectNode manifest();

  /** Its figures; {@link Score#value} is what rates are chosen by. */
  Score score();

  /** Adds all but the manifest, which ends a line. */
  void addTo(ObjectNode json);

  /** Returns whether both evaluations asked the same of the model. */
  boolean hasSamePrompts(EvaluationRecord other);

  /** Returns whether both have the same result and outcomes; the machine may differ. */
  boolean agreesWith(EvaluationRecord other);

  /**
   * Compares two evaluations that asked the same.
   *
   * @param seed of what is resampled
   */
  static RunComparison compared(EvaluationRecord plain, EvaluationRecord pruned, long seed) {
    return switch (plain) {
      case TaskRecord task ->
          PairedComparison.of(task.outcomes(), same(TaskRecord.class, pruned).outcomes(), seed);
      case TextRecord text -> {
        TextRecord other = same(TextRecord.class, pruned);
        yield WindowComparison.of(text.nllArray(), other.nllArray(), text.scoredArray(), seed);
      }
    };
  }

  /** Returns the p-value of {@link #compared} alone, which is faster. */
  static double pValue(EvaluationRecord plain, EvaluationRecord pruned, long seed) {
    return switch (plain) {
      case TaskRecord task ->
          PairedComparison.mcNemar(task.outcomes(), same(TaskRecord.class, pruned).outcomes())
              .pValue();
      case TextRecord text ->
          WindowComparison.pValue(text.nllArray(), same(TextRecord.class, pruned).nllArray(), seed);
    };
  }

  private static <T extends EvaluationRecord> T same(Class<T> kind, EvaluationRecord record) {
    if (!kind.isInstance(record)) {
      throw new RunException("comparison: expected two tasks or two texts, found one of each");
    }
    return kind.cast(record);
  }
}
