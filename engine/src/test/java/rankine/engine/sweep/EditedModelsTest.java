package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.run.LoadedModel;

/** Models that groups of one target share. */
class EditedModelsTest {
  private static final EditTarget TARGET = new LayerTarget(1, ModuleSelection.of("fc_in"));
  private static final EditTarget OTHER = new LayerTarget(2, ModuleSelection.of("fc_in"));
  private static final PruningRate HALF = PruningRate.parse("0.5");
  private static final PruningRate MOST = PruningRate.parse("0.9");

  /** A dense fc_in of the built-in checkpoint, float32: [384, 96]. */
  private static final long DENSE = 384L * 96 * 4;

  private static LoadedModel loaded;

  @BeforeAll
  static void open() {
    loaded = DemoSweep.open();
  }

  @AfterAll
  static void close() {
    loaded.close();
  }

  private static EditedModels models(long bytes) {
    EditPlan plan = new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.NEVER, 0);
    return new EditedModels(loaded, new TargetPlans(Optional.of(plan), Optional.empty()), bytes);
  }

  private static LoadedModel of(EditedModels models, EditTarget target, PruningRate rate) {
    return models.of(target, rate, DemoSweep.SILENT);
  }

  @Test
  void theLastTargetsModelsAreKept() {
    EditedModels models = models(2 * DENSE);
    LoadedModel half = of(models, TARGET, HALF);
    LoadedModel most = of(models, TARGET, MOST);
    assertSame(half, of(models, TARGET, HALF));
    assertSame(most, of(models, TARGET, MOST));
    assertNotSame(half, of(models, OTHER, HALF));
    assertEquals("2:fc_in:0.5", of(models, OTHER, HALF).edits().edits().getFirst().toString());
    LoadedModel again = of(models, TARGET, HALF);
    assertNotSame(half, again, "another target came between");
    assertEquals(half.edits(), again.edits());
  }

  @Test
  void theLimitCountsEditedMatrices() {
    EditedModels one = models(DENSE);
    LoadedModel half = of(one, TARGET, HALF);
    assertSame(half, of(one, TARGET, HALF));
    of(one, TARGET, MOST);
    assertNotSame(half, of(one, TARGET, HALF), "room for one");
    for (long bytes : new long[] {0, DENSE - 1}) {
      EditedModels none = models(bytes);
      assertNotSame(of(none, TARGET, HALF), of(none, TARGET, HALF));
    }
  }
}
