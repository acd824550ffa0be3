package rankine.engine.icl;

/** Which rows a part of the evaluation holds. */
sealed interface SplitRule {

  /** All rows of the file of that role. */
  record WholeFile(DataSplit role) implements SplitRule {}

  /**
   * So many rows of train, chosen by a fixed permutation and never used as demonstrations.
   *
   * @param count rows a class, or in total
   * @param perClass whether {@code count} is for each class
   */
  record FromTrain(int count, boolean perClass) implements SplitRule {}

  /**
   * The rows of train that no other part took, less a reserve for demonstrations.
   *
   * @param leave demonstrations' reserve, rows a class
   */
  record RestOfTrain(int leave) implements SplitRule {}

  /** All rows of train but the demonstrations drawn; depends on the seed and on their number. */
  record OthersOfTrain() implements SplitRule {}

  /** The file of that role where the folder has it, else so many rows of train. */
  record FileOrTrain(DataSplit role, FromTrain otherwise) implements SplitRule {}
}
