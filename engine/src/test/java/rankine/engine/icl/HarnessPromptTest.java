package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import rankine.testdata.TestData;

/**
 * The texts that lm-evaluation-harness makes of our rows, written by hand from its definitions of
 * the tasks: without demonstrations, and the layout with them.
 */
class HarnessPromptTest {
  private static List<ObjectNode> prompts(String task, int shots) {
    List<ObjectNode> prompts = new ArrayList<>();
    PromptListing.stream(
        Task.load(task),
        TestData.task(task),
        EvaluationOptions.DEFAULT.withShots(shots),
        prompts::add);
    return prompts;
  }

  private static void assertAsks(ObjectNode found, String prompt, String... choices) {
    assertEquals(prompt, found.get("prompt").textValue());
    assertEquals(List.of(choices), texts(found.get("choices")));
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::textValue).toList();
  }

  /** What a prompt with demonstrations begins with, before the query. */
  private static String shown(String task, int row, int shots) {
    String query = prompts(task, 0).get(row).get("prompt").textValue();
    String whole = prompts(task, shots).get(row).get("prompt").textValue();
    assertEquals(query, whole.substring(whole.length() - query.length()));
    return whole.substring(0, whole.length() - query.length());
  }

  /** Returns demonstrations, which end in an empty line, in alphabetical order. */
  private static List<String> sorted(String shown) {
    List<String> all = List.of(shown.split("\n\n", -1));
    assertEquals("", all.getLast());
    return all.subList(0, all.size() - 1).stream().sorted().toList();
  }

  @Test
  void hellaswag() {
    List<ObjectNode> found = prompts("hellaswag", 0);
    assertAsks(
        found.get(0),
        "Shearing a sheep: A woman kneels in a barn beside a sheep. She",
        " turns the sheep on its back and starts at the belly.",
        " paints the barn door green.",
        " sells the fence to a cloud.",
        " sings until the ladder melts.");
    // " [title]" becomes ". " before its own space, brackets go, and two spaces become one.
    assertAsks(
        found.get(1),
        "Baking rye bread: How to bake rye bread. Feed the sourdough. Stir flour and warm water"
            + " into it the evening before.",
        "  Cover the bowl with a cloth. Leave it until morning.",
        " Throw the bowl into the sea. Wait.",
        "  Buy a bicycle. Ride it.",
        " Read the flour a story.");
    assertEquals(
        "Rowing a boat: Two men sit in a boat. One of them Holds the oars and ola",
        found.get(2).get("prompt").textValue());
    // What was before a bracket at the end stays: white space that is scored with the choice.
    assertAsks(
        found.get(3),
        "Kneading clay: How to knead clay. Wedge it first ",
        " Cut the lump in two and slam the halves together.",
        " Ask the lump for its passport.",
        " Fly the lump like a kite.",
        " Boil the table.");
    assertEquals(
        "Mending a net: An old man sits on a pier. \u00c9mile",
        found.get(4).get("prompt").textValue());
    assertEquals(
        "Polishing shoes: A man opens a tin of wax. He", found.get(7).get("prompt").textValue());
  }

  @Test
  void arc() {
    List<ObjectNode> found = prompts("arc", 0);
    assertAsks(
        found.get(0),
        "Question: A pot of water is heated until it boils. What leaves the pot?\nAnswer:",
        " steam",
        " sand",
        " ice",
        " smoke");
    assertEquals(3, found.get(2).get("choices").size());
    assertEquals(5, found.get(4).get("choices").size());
    assertEquals(2, found.get(3).get("gold").intValue());
    assertAsks(
        found.get(11),
        "Question: Which of these is the best conductor? \nAnswer:",
        " rubber",
        " glass",
        " copper ",
        " dry wood");
    // Rows as their publisher lays them out: all eight are shown, in some order.
    assertEquals(
        List.of(
            "Question: What do roots take from the soil?\nAnswer: water",
            "Question: What does a thermometer measure?\nAnswer: temperature",
            "Question: What turns a compass needle?\nAnswer: magnetism",
            "Question: Which animal hatches from an egg?\nAnswer: duck",
            "Question: Which is a source of light?\nAnswer: the Sun",
            "Question: Which of these melts first in a warm hand?\nAnswer: ice",
            "Question: Which unit measures mass?\nAnswer: gram",
            "Question: Why does a shadow move during the day?\nAnswer: the Earth turns"),
        sorted(shown("arc", 0, 8)));
  }

  @Test
  void piqa() {
    List<ObjectNode> found = prompts("piqa", 0);
    assertAsks(
        found.get(3),
        "Question: To measure flour without scales,\nAnswer:",
        " use a cup with marks.",
        " use a cup with holes in it.");
    assertAsks(
        found.get(7),
        "Question: carry eggs home\nAnswer:",
        "  Put them under the potatoes.",
        "  Put them on top of the bag.");
    assertEquals(
        " Freeze it with ice and\nscrape it off.", found.get(8).get("choices").get(0).textValue());
  }

  @Test
  void winogrande() {
    List<ObjectNode> found = prompts("winogrande", 0);
    assertAsks(
        found.get(0),
        "The ladder would not go through the door because the ",
        " was too long.",
        " was too long.");
    assertEquals(List.of("ladder", "door"), texts(found.get(0).get("given")));
    assertAsks(
        found.get(7),
        "Lars hid from Mons behind the shed, and ",
        " \u2019s dog found him.",
        " \u2019s dog found him.");
    // Five rows of train, each with the right name; validation keeps the others.
    Set<String> all =
        Set.of(
            "The cup did not fit in the box because the cup was too large.",
            "The cup did not fit in the box because the box was too small.",
            "Anna lent Britta a coat because Britta was cold.",
            "Anna lent Britta a coat because Anna had two.",
            "The rope held the boat until the rope tore.",
            "Carl asked Dan for help because Carl could not swim.",
            "Carl asked Dan for help because Dan could swim well.",
            "The lamp stood beside the clock, but the lamp gave no light.",
            "Eva beat Finn at chess; Finn lost again.",
            "The soup was hotter than the tea, so we blew on the soup .");
    List<String> five = sorted(shown("winogrande", 0, 5));
    assertEquals(5, five.stream().distinct().filter(all::contains).count(), five::toString);
  }

  @Test
  void boolq() {
    assertAsks(
        prompts("boolq", 0).get(5),
        "Kvass -- Kvass is made of rye bread. It has about one percent of alcohol,  less than most"
            + " beers.\nQuestion: is kvass stronger than beer?\nAnswer:",
        " no",
        " yes");
    assertEquals(1, prompts("boolq", 0).get(1).get("gold").intValue());
  }

  @Test
  void mmlu() {
    String about =
        "The following are multiple choice questions (with answers) about lookalike natural"
            + " history.\n\n";
    List<ObjectNode> found = prompts("mmlu", 0);
    String query = "Which of these is a mammal?\nA. adder\nB. otter\nC. toad\nD. perch\nAnswer:";
    assertAsks(found.get(1), about + query, " A", " B", " C", " D");
    // The first rows of dev, in their order.
    assertAsks(
        prompts("mmlu", 2).get(1),
        about
            + "Which of these is a bird?\nA. wren\nB. trout\nC. newt\nD. bee\nAnswer: A\n\n"
            + "How many legs has an ant?\nA. four\nB. six\nC. eight\nD. ten\nAnswer: B\n\n"
            + query,
        " A",
        " B",
        " C",
        " D");
  }

  @Test
  void lambada() {
    List<ObjectNode> found = prompts("lambada", 0);
    assertAsks(found.get(4), "Anna lost her doll. She looked under the bed and found her", " doll");
    // White space before the last space stays in the context, and is compared with the word.
    assertAsks(
        found.get(8),
        "He could not find the way. Then he saw the light of the town ",
        " lighthouse");
    assertEquals(0, found.get(4).get("gold").intValue());
  }
}
