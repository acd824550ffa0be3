package rankine.engine.icl;

import java.util.List;
import java.util.Map;

/**
 * One row of a data file.
 *
 * @param split of the file
 * @param file the file's name, without folders
 * @param index row number in the file, from 0; a header does not count
 * @param fields values of the task's fields, as in the data; without optional ones that the row
 *     lacks
 * @param label class index; -1 in a generative task
 * @param answers accepted answers; empty in a classification task
 * @param group rows of one group, the questions on one article, stay together when a single file is
 *     split; 0 in other formats
 */
record DataRow(
    DataSplit split,
    String file,
    int index,
    Map<String, String> fields,
    int label,
    List<String> answers,
    int group) {

  /** Returns the row's location for messages: {@code train.tsv: row 12}. */
  String where() {
    return file + ": row " + index;
  }
}
