/**
 * Scores the continuations of prompts: of one model, or of many variants of it, and then computes
 * once what the variants share. Everything before an edit is the same for every variant: its
 * activations are stored at the first changed operation, and only the operations from there on run
 * again. Of these, the ones that do not depend on the edit run once for all variants edited at that
 * position ({@link rankine.engine.replay.HoistedSuffix}), if the memory budget allows.
 *
 * <p>Models are programs of operations here, with no knowledge of architectures: the position of an
 * edit is where two programs begin to differ, and the slots to store there are the live ones, which
 * the remaining operations read before they write. Every operation reads the same rows as in a
 * plain run, so the results are bit-identical.
 *
 * <p>Tasks and text do not belong here, and no files but temporary ones, for activations that
 * exceed the budget.
 *
 * <p>Reading order: {@link rankine.engine.replay.Prompt}, {@link
 * rankine.engine.replay.PromptBatch}, {@link rankine.engine.replay.TokenTree} of {@link
 * rankine.engine.replay.TokenSpan}s, {@link rankine.engine.replay.Scorer}, then {@code
 * ProgramLayout}, {@code Liveness}, {@code ProgramSlice}, {@code SliceExecutor}, {@code
 * HoistedSuffix}, and for memory {@code ActivationStore}, {@code SpillArena}, {@link
 * rankine.engine.replay.ActivationBudget}.
 */
package rankine.engine.replay;
