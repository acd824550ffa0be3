package rankine.kernels.tornado;

/**
 * The places of what kernels read from the {@link DeviceMemory#tables()}: one row of {@value #INTS}
 * ints an operation, and the description of a batch. Places are counted in elements of the array
 * that they are in; so is a float, which lies in the floats.
 *
 * <p>Everything that may differ between two runs of one kernel is here and nothing is a parameter
 * of the kernel: TornadoVM bakes scalar parameters into the code.
 */
final class OpEncoding {
  /** Ints an operation. */
  static final int INTS = 16;

  /** Where the input slot begins, in the floats. */
  static final int IN = 0;

  /** Where the output slot begins, in the floats. */
  static final int OUT = 1;

  /** Features of the input slot. */
  static final int IN_WIDTH = 2;

  /** Features of the output slot. */
  static final int OUT_WIDTH = 3;

  /** 0: a row a token, 1: a row a wanted token. */
  static final int DOMAIN = 4;

  /** How the weight is stored: {@link WeightLoads}. */
  static final int STORED = 5;

  /** Where the weight begins, in the array of its kind. */
  static final int WEIGHT = 6;

  /** From one row of the weight to the next. */
  static final int ROW_STRIDE = 7;

  /** From one column of the weight to the next. */
  static final int COL_STRIDE = 8;

  /** Where the bias, or the shift of a norm, begins in the floats; -1 for none. */
  static final int BIAS = 9;

  /** What happens to a product: {@link #REPLACE}, … */
  static final int EPILOGUE = 10;

  /** Where the gate begins, for {@link #GATE}; where the other operand begins. */
  static final int OTHER = 11;

  /** Where a float is, in the floats: an epsilon, the scale of attention. */
  static final int NUMBER = 12;

  /** Heads of queries. */
  static final int HEADS = 13;

  /** Features a head. */
  static final int HEAD_DIM = 14;

  /** Heads of keys and values, or features that turn, or which pairs turn. */
  static final int EXTRA = 15;

  /** {@code out = y}. */
  static final int REPLACE = 0;

  /** {@code out += y}. */
  static final int ACCUMULATE = 1;

  /** {@code out = gelu(y)}. */
  static final int GELU = 2;

  /** {@code gate = silu(gate) y}. */
  static final int GATE = 3;

  /**
   * The control array, sent with every execution: where the rows of its operations begin, where the
   * batch is, how many rows it has, how many are wanted.
   */
  static final int OPS = 0;

  static final int BATCH = 1;
  static final int TOKENS = 2;
  static final int LOGIT_ROWS = 3;

  /** The list of wanted rows, from the start of the batch. */
  static final int WANTED_LIST = 4;

  /** Further numbers of operations on matrices. */
  static final int ARGUMENTS = 5;

  /** Ints of the control array. */
  static final int CONTROL = 20;

  /** What a batch says of each of its rows. */
  static final int TOKEN_INTS = 4;

  static final int ID = 0;
  static final int POSITION = 1;

  /** Where the keys of this position begin in layer 0, in the floats. */
  static final int KEYS = 2;

  /**
   * Where the list of blocks of the row's sequence begins, from the start of the batch: their
   * number, then for each its first position and where its keys begin.
   */
  static final int BLOCKS = 3;

  /** Positions a block of keys and values. */
  static final int BLOCK = 64;

  private OpEncoding() {}
}
