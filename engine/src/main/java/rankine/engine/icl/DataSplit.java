package rankine.engine.icl;

import java.util.Locale;

/** The role that a data file plays in its data set, as its publisher named it. */
enum DataSplit {
  TRAIN,
  VALIDATION,
  TEST;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
