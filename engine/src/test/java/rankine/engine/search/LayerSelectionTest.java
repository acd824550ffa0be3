package rankine.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.EditException;

class LayerSelectionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-1      | 0 1 2 3 4 5 6 7",
        "0       | 0",
        "7       | 7",
        "0,3     | 0 3",
        "5-7     | 5 6 7",
        "6,0,6-7 | 0 6 7",
        "3-3     | 3"
      })
  void selectsTheNamedLayers(String text, String layers) {
    List<Integer> expected = Arrays.stream(layers.split(" ")).map(Integer::valueOf).toList();
    assertEquals(expected, LayerSelection.parse(text).of(8));
  }

  @Test
  void kinds() {
    assertEquals(new LayerSelection.Auto(), LayerSelection.parse("auto"));
    assertEquals(new LayerSelection.One(-1), LayerSelection.parse("-1"));
    assertEquals(new LayerSelection.One(26), LayerSelection.parse("26"));
    assertTrue(LayerSelection.parse("1,2") instanceof LayerSelection.Several);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "Auto", "-2", "1-", "-1,2", "3-1", "1,,2", "1,", "1.5", "9999999999"})
  void refusesOtherText(String text) {
    EditException e = assertThrows(EditException.class, () -> LayerSelection.parse(text));
    assertTrue(e.getMessage().startsWith("layer: expected auto, -1"), e.getMessage());
  }

  /** A range is checked against the model before it is expanded. */
  @Test
  void refusesLayersThatTheModelDoesNotHave() {
    for (String text : List.of("8", "0,8", "0-999999999")) {
      LayerSelection layers = LayerSelection.parse(text);
      EditException e = assertThrows(EditException.class, () -> layers.of(8));
      assertTrue(e.getMessage().startsWith("layer: expected 0 to 7, found "), e.getMessage());
    }
  }

  @Test
  void anyTextParsesOrIsRefusedInOneLine() {
    Random random = new Random(11);
    String letters = "0123456789--,,au to\n.x";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(9); n >= 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        LayerSelection.parse(text.toString()).of(6);
      } catch (EditException e) {
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
      }
    }
  }
}
