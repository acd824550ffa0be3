package rankine.engine.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * Rows of a fused tensor, copied next to each other.
 *
 * @param data the copy, in the tensor's type; read-only
 */
public record GatheredRows(TensorInfo tensor, RowBlocks rows, MemorySegment data) {}
