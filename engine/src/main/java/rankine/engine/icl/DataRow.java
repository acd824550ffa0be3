package rankine.engine.icl;

import java.util.List;
import java.util.Map;

/**
 * One row of a data file.
 *
 * @param split the role of the file
 * @param file the file's name, without folders
 * @param index counted from 0 in the file, a header not counted
 * @param fields the task's fields, as they stand in the data
 * @param label the class's integer; -1 in a task without classes
 * @param answers the accepted answers; empty in a task with classes
 * @param group rows of one group stay together when a single file is divided: the article of a
 *     question; 0 elsewhere
 */
record DataRow(
    DataSplit split,
    String file,
    int index,
    Map<String, String> fields,
    int label,
    List<String> answers,
    int group) {

  /** For messages: {@code train.tsv: row 12}. */
  String where() {
    return file + ": row " + index;
  }
}
