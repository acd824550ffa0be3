package rankine.kernels.tornado;

import rankine.kernels.ActivationFunction;
import rankine.kernels.Slot;

/**
 * The layout of the tables that kernels read ({@link DeviceMemory#tables()}): a row of {@value
 * #INTS} ints per operation, and the encoding of a batch. Offsets are counted in elements of the
 * array they point into. Float parameters are stored in the floats; the row has their offset.
 *
 * <p>Everything that may differ between two runs of a kernel is here and not a kernel parameter,
 * because TornadoVM compiles scalar parameters into the code.
 */
final class OpEncoding {
  /** Ints per operation. */
  static final int INTS = 22;

  /** Offset of the input slot in the floats. */
  static final int IN = 0;

  /** Offset of the output slot in the floats. */
  static final int OUT = 1;

  /** Width of the input slot; KV heads for attention, rotating pairs per head for rotary. */
  static final int IN_WIDTH = 2;

  /** Width of the output slot. */
  static final int OUT_WIDTH = 3;

  /** Row domain: 0 for one row per token, 1 for one row per logit row. */
  static final int DOMAIN = 4;

  /** Storage type of the weight: {@link WeightLoads#F32}, … */
  static final int DTYPE = 5;

  /** Offset of the weight in its array. */
  static final int WEIGHT = 6;

  /** Row stride of the weight; for rotary, the distance between pairs. */
  static final int ROW_STRIDE = 7;

  /** Column stride of the weight; for rotary, the distance between the two features of a pair. */
  static final int COL_STRIDE = 8;

  /** Offset of the bias, or of the shift of a norm, in the floats; -1 for none. */
  static final int BIAS = 9;

  /** Epilogue of a linear layer: {@link #REPLACE}, … */
  static final int EPILOGUE = 10;

  /**
   * Offset of the second operand: the gate for {@link #GATE}, values of AppendKv, scratch of
   * attention, …
   */
  static final int SECOND_OPERAND = 11;

  /** Offset of the {@link #SCALARS} float parameters in the floats: epsilon of a norm, … */
  static final int SCALAR = 12;

  /** Float parameters per operation. */
  static final int SCALARS = 2;

  /** Query heads; vectors per row of a norm. */
  static final int HEADS = 13;

  /** Features per head. */
  static final int HEAD_DIM = 14;

  /** Offset of the layer's keys within a KV block. */
  static final int LAYER_OFFSET = 15;

  /** Activation function, also of an epilogue: {@link #SILU}, … */
  static final int FUNCTION = 16;

  /** Attention window in positions. */
  static final int WINDOW = 17;

  /** The array of the weight, among those of its storage type. */
  static final int ARRAY = 18;

  /** Linear layers of the launch, whose rows follow each other; in the row of the first. */
  static final int LAUNCHED = 19;

  /**
   * Distance of two rows of a linear layer's input; more than its width for a part of the inputs.
   */
  static final int IN_STRIDE = 20;

  /**
   * Linear layers that each group of the launch runs one after the other, because they add to the
   * same output: their rows follow each other; in the row of the first.
   */
  static final int CHAINED = 21;

  /** {@link ActivationFunction#SILU}. */
  static final int SILU = 0;

  /** {@link ActivationFunction#GELU_TANH}. */
  static final int GELU_TANH = 1;

  /** {@link ActivationFunction#GELU_ERF}. */
  static final int GELU_ERF = 2;

  /** {@link ActivationFunction#RELU}. */
  static final int RELU = 3;

  /** {@code out = y}. */
  static final int REPLACE = 0;

  /** {@code out += y}. */
  static final int ACCUMULATE = 1;

  /** {@code out = function(y)}. */
  static final int ACTIVATE = 2;

  /** {@code gate = function(gate) y}. */
  static final int GATE = 3;

  /**
   * The control array is sent with every execution. This field: offset of the graph's first
   * operation in the tables.
   */
  static final int OPS = 0;

  /** Control: offset of the batch in the tables. */
  static final int BATCH = 1;

  /** Control: tokens of the batch. */
  static final int TOKENS = 2;

  /** Control: logit rows of the batch. */
  static final int LOGIT_ROWS = 3;

  /** Control: offset of the list of logit rows in the tables. */
  static final int LOGIT_ROW_LIST = 4;

  /** Control: offset of the tiles of the tokens, then of those of the logit rows, in the tables. */
  static final int TILES = 5;

  /** Control: first argument of copy, scoring and matrix kernels. */
  static final int ARGUMENTS = 7;

  /** Ints in the control array. */
  static final int CONTROL = 20;

  /** Ints per token of a batch. */
  static final int TOKEN_INTS = 5;

  /** Token: its id. */
  static final int ID = 0;

  /** Token: its position. */
  static final int POSITION = 1;

  /** Token: offset of its keys in layer 0, in their array. */
  static final int KEYS = 2;

  /**
   * Token: offset of its sequence's block list, from the start of the batch. The list has the
   * number of KV blocks, then {@link #BLOCK_INTS} for each.
   */
  static final int BLOCKS = 3;

  /** Token: the array of floats that has its keys. */
  static final int KEY_ARRAY = 4;

  /** Ints per tile of attention: its first row, the number of its rows. */
  static final int TILE_INTS = 2;

  /** Ints per KV block: its first position, the offset of its keys, and their array. */
  static final int BLOCK_INTS = 3;

  /** Positions per KV block. */
  static final int BLOCK = 64;

  private OpEncoding() {}

  /**
   * The code of a row domain ({@link #DOMAIN}), also its place after {@link #TOKENS} and {@link
   * #TILES}.
   */
  static int domain(Slot.RowDomain rows) {
    return switch (rows) {
      case TOKENS -> 0;
      case LOGIT_ROWS -> 1;
    };
  }
}
