/**
 * Many variants of one model on the same texts, with everything computed once that they share: what
 * lies below an edit is the same for every variant, so its activations are kept where the first
 * changed operation would run, and only what lies above is run again.
 *
 * <p>It knows models as programs of operations, and no architecture: the place of an edit is where
 * two programs begin to differ, and what has to be kept there follows from which slots the rest
 * reads. The operations and their order for a row are those of a plain run, and so are the bits.
 *
 * <p>No tasks and no text here, and no files but temporary ones, for activations that do not fit in
 * memory.
 */
package rankine.engine.replay;
