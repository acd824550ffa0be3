/**
 * A checkpoint put to use: opened with its tokenizer on a backend, asked for logits, text or the
 * log-likelihoods of an evaluation, and described in a manifest. What the command line calls.
 *
 * <p>No maths and no formats here: those are in kernels, checkpoint, model, tokenizer and icl.
 */
package rankine.engine.run;
