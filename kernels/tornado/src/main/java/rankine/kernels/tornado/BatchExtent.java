package rankine.kernels.tornado;

import rankine.kernels.Slot;

/** What of a batch the kernels of an operation, and the number of their groups, depend on. */
interface BatchExtent {
  /** The rows of a domain. */
  int rows(Slot.RowDomain domain);

  /** The tiles of a domain's rows in attention; 0 for few rows. */
  int tiles(Slot.RowDomain domain);

  /**
   * The most splits of a row of a domain in attention over a window, if the domain has few rows
   * ({@link DeviceOp#GEMV_MAX_ROWS}); else 1.
   */
  int splits(Slot.RowDomain domain, int window);
}
