/**
 * Many variants of one model on the same texts, with everything computed once that they share: what
 * lies below an edit is the same for every variant, so its activations are kept where the first
 * changed operation would run, and only what lies above is run again. Of that, too, what does not
 * depend on the edit is done once for all variants of a place ({@link
 * rankine.engine.replay.HoistedSuffix}), where there is memory for it.
 *
 * <p>It knows models as programs of operations, and no architecture: the place of an edit is where
 * two programs begin to differ, and what has to be kept there follows from which slots the rest
 * reads. Every operation reads for a row what it reads in a plain run, and so the bits are the
 * same.
 *
 * <p>No tasks and no text here, and no files but temporary ones, for activations that do not fit in
 * memory.
 */
package rankine.engine.replay;
