/**
 * Edits made lasting: a checkpoint in which the edited matrices, or their factors, are stored. Here
 * is where a matrix of the model is found in its file, and where an edited one is rounded to the
 * type it is stored in. Which matrix becomes what is the business of {@link rankine.engine.edit};
 * files and folders are that of {@link rankine.engine.checkpoint}.
 */
package rankine.engine.prune;
