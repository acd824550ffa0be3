package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.RunException;

/** Command-line forms of layers, shards, tasks and data folders. */
class AxesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-5   | 0,1,2,3,4,5",
        "0,3   | 0,3",
        "3,0-1 | 3,0,1",
        "all   | 0,1,2,3,4,5,6",
        "-1    | -1",
        "6,-1  | 6,-1",
      })
  void layers(String text, String expected) {
    assertEquals(
        Stream.of(expected.split(",", -1)).map(Integer::valueOf).toList(),
        Layers.parse(text).of(7));
  }

  @Test
  void layersBeyondTheModelAreRefused() {
    for (String text : List.of("7", "0,7", "0-999999999")) {
      RunException e = assertThrows(RunException.class, () -> Layers.parse(text).of(7));
      assertTrue(e.getMessage().startsWith("layers: expected -1 to 6, found "), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5-3", "-2", "-1-3", "0,", "1..2", "a", "all,1", "9999999999"})
  void refusesOtherLayers(String text) {
    assertTrue(
        assertThrows(RunException.class, () -> Layers.parse(text))
            .getMessage()
            .contains("'" + text + "'"));
  }

  @Test
  void shardsPartitionTheSearchKeys() {
    List<Integer> all = IntStream.range(0, 7).boxed().toList();
    assertEquals(List.of(0, 3, 6), Shard.parse("0/3").of(all));
    assertEquals(List.of(1, 4), Shard.parse("1/3").of(all));
    assertEquals(List.of(2, 5), Shard.parse("2/3").of(all));
    assertEquals(all, Shard.WHOLE.of(all));
    for (String text : List.of("3/3", "0/0", "1", "-1/2", "a/b", "0/9999999")) {
      assertThrows(RunException.class, () -> Shard.parse(text), text);
    }
  }

  private static List<Path> data(String tasks, String data) {
    return TaskData.of(List.of(tasks.split(",", -1)), List.of(data.split(",", -1))).stream()
        .map(TaskData::data)
        .toList();
  }

  @Test
  void findsTheDataOfEachTask() {
    assertEquals(List.of(Path.of("d")), data("cb", "d"));
    assertEquals(List.of(Path.of("d"), Path.of("d")), data("cb,cb:paper", "d"));
    assertEquals(List.of(Path.of("d/cb"), Path.of("d/rte")), data("cb,rte", "d"));
    assertEquals(List.of(Path.of("x"), Path.of("y=z")), data("cb,rte", "rte=y=z,cb=x"));
    assertEquals(List.of(Path.of("x"), Path.of("d/rte")), data("cb,rte", "d,cb=x"));
    assertEquals(List.of(Path.of("a=b")), data("cb", "a=b"), "a folder's own name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cb,rte | cb=x      | rte: expected a folder",
        "cb     | x,y       | expected one folder",
        "cb     | cb=x,cb=y | cb twice",
        "cb     | cb=x,y    | found 'y' and TASK=DIR for each of cb",
      })
  void refusesMissingAndUnusedData(String tasks, String data, String named) {
    String message = assertThrows(RunException.class, () -> data(tasks, data)).getMessage();
    assertTrue(message.contains(named), message);
  }

  @Test
  void taskVersionsRoundTrip() {
    TaskVersion odd = new TaskVersion("a:b", "paper");
    assertEquals(odd, TaskVersion.parse(odd.toString()));
    assertThrows(RunException.class, () -> TaskVersion.parse("cb"));
    assertThrows(RunException.class, () -> new TaskVersion("cb", "a:b"));
  }
}
