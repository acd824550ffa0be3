package rankine.engine.icl;

import java.util.Locale;

/** The split of a data file, as the data set's publisher named it; see {@link EvaluationSplit}. */
enum DataSplit {
  TRAIN,
  VALIDATION,
  TEST;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
