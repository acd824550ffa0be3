/**
 * Edits of weights. An edit is an overlay: it makes another {@link rankine.engine.model.Model}
 * whose programs read other matrices in one place and share all the rest; the original is never
 * changed, and a rate of 0 leaves the very same operations. Architectures know nothing of it.
 */
package rankine.engine.edit;
