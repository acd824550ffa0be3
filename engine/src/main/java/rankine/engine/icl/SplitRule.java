package rankine.engine.icl;

/** The rule that selects the rows of an evaluation split. */
sealed interface SplitRule {

  /** All rows of the file of a data split. */
  record WholeFile(DataSplit split) implements SplitRule {}

  /**
   * A number of rows of train, selected by a fixed permutation and never used as demonstrations.
   *
   * @param count number of rows
   * @param perClass whether {@code count} is per class, not in total
   */
  record FromTrain(int count, boolean perClass) implements SplitRule {}

  /**
   * The rows of train that no other split takes, less a reserve for demonstrations.
   *
   * @param leave rows per class reserved for demonstrations
   */
  record RestOfTrain(int leave) implements SplitRule {}

  /** All rows of train but the demonstrations drawn; depends on the seed and the shots. */
  record OthersOfTrain() implements SplitRule {}

  /** The file of a data split if the folder has it, else rows of train. */
  record FileOrTrain(DataSplit split, FromTrain fallback) implements SplitRule {}
}
