/**
 * Edits of weight matrices, applied to a model as an overlay: {@link
 * rankine.engine.edit.EditOverlay} returns a new {@link rankine.engine.model.Model} that reads the
 * edited matrices and shares everything else with the original. The original never changes, and a
 * rate of 0 keeps the same operation objects.
 *
 * <p>The types, in reading order: {@link rankine.engine.edit.Edit} (layer, {@link
 * rankine.engine.edit.ModuleSelection}, rate), {@link rankine.engine.edit.EditMethod}, {@link
 * rankine.engine.edit.FactoredMode} and {@link rankine.engine.edit.EditPlan} say what to do; {@link
 * rankine.engine.edit.MatrixEditor} turns a matrix into a {@link rankine.engine.edit.Replacement},
 * with {@link rankine.engine.edit.Decompositions} for the low-rank methods. No code of an
 * architecture belongs here, and no architecture depends on this package.
 */
package rankine.engine.edit;
