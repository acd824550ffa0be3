package rankine.engine.icl;

import java.util.ArrayList;
import java.util.List;

/**
 * A single file split by its groups, in file order: the first third of the groups for
 * demonstrations, the second for validation, the last for test. Rows of one group, such as the
 * questions on one article, stay in one split.
 */
record SingleFileSplit(List<DataRow> demonstrations, List<DataRow> validation, List<DataRow> test) {

  /** Splits {@code rows}, whose groups are numbered from 0 in file order. */
  static SingleFileSplit of(List<DataRow> rows) {
    int groups = rows.getLast().group() + 1;
    List<List<DataRow>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (DataRow row : rows) {
      parts.get((int) (3L * row.group() / groups)).add(row);
    }
    return new SingleFileSplit(parts.get(0), parts.get(1), parts.get(2));
  }
}
