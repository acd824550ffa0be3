/**
 * Reads, writes and copies checkpoint folders: safetensors weights and {@code config.json}.
 *
 * <p>The types, in reading order: {@link rankine.engine.checkpoint.Checkpoint} opens a folder and
 * maps its weights; {@link rankine.engine.checkpoint.SafetensorsHeader} checks the format and lists
 * a {@link rankine.engine.checkpoint.TensorInfo} per tensor; {@link
 * rankine.engine.checkpoint.RowBlocks} are rows of a fused one; {@link
 * rankine.engine.checkpoint.Settings} gives typed access to the configuration; {@link
 * rankine.engine.checkpoint.SafetensorsWriter} writes a file of {@link
 * rankine.engine.checkpoint.NewTensor}s; {@link rankine.engine.checkpoint.CheckpointCopy} copies a
 * folder and applies a {@link rankine.engine.checkpoint.TensorEdit}. No code here knows what a
 * model is: no architecture, no meaning of a tensor, no arithmetic on weights.
 *
 * <p>Every fault of a file is a {@link rankine.common.CheckpointException}: one line that names the
 * file and the key, with a {@link rankine.common.Fault} that names the broken rule.
 */
package rankine.engine.checkpoint;
