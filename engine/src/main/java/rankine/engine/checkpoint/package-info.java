/**
 * A checkpoint folder as files: safetensors weights and {@code config.json}.
 *
 * <p>Here live the readers that check every rule of the two formats, the memory mapping of the
 * weights and reads past it, typed look-ups of settings, the safetensors writer and the copy of a
 * whole folder with some weights changed. Nothing here knows what a model is: no architecture, no
 * tensor's meaning, no arithmetic on weights.
 *
 * <p>Whatever is wrong with a file is a {@link rankine.common.CheckpointException}: one line that
 * names the file and the key, and a {@link rankine.common.Fault} that names the rule.
 */
package rankine.engine.checkpoint;
