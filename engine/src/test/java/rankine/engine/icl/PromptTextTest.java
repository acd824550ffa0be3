package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts of each task and version, written by hand from the paper's table and our own rows. */
class PromptTextTest {
  private static PromptTexts texts(String task) {
    return new PromptTexts(TaskFolders::lookAlike, task);
  }

  @Test
  void sst2() {
    PromptTexts paper = texts("sst2:paper");
    // The space that ends the sentence in the data stays in a demonstration, not in a query.
    assertEquals(
        "text: the plot limps from one unlikely coincidence to the next \n sentiment : neg \n",
        paper.demonstration(1));
    assertEquals("text: warmly acted \n sentiment : pos \n", paper.demonstration(2));
    assertEquals("text: warmly acted\n sentiment :", paper.query(DataSplit.TRAIN, 2));
    assertEquals(List.of(" neg", " pos"), paper.choices(DataSplit.TRAIN, 0));

    PromptTexts corrected = texts("sst2");
    assertEquals("text: warmly acted\n sentiment : pos\n", corrected.demonstration(2));
    assertEquals(
        "text: a winter story that glows like a stove\n sentiment :",
        corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(List.of(" neg", " pos"), corrected.choices(DataSplit.VALIDATION, 0));
  }

  @Test
  void agnews() {
    String text =
        "Bakery Chain to Cut 200 Jobs Shares of Millstone Bread rose 4 percent after the company"
            + " said it would close 30 shops and cut 200 jobs before winter.";
    PromptTexts paper = texts("agnews:paper");
    assertEquals("text: " + text + "\n sentiment : business \n", paper.demonstration(2));
    assertEquals("text: " + text + "\n sentiment :", paper.query(DataSplit.TRAIN, 2));
    PromptTexts corrected = texts("agnews:corrected");
    assertEquals("text: " + text + "\n sentiment : business\n", corrected.demonstration(2));
    assertEquals(
        "text: Minister Resigns Over Rail Crash The transport minister resigned on Thursday, a week"
            + " after two trains collided in a tunnel. \"The signal was mine,\" he said.\n"
            + " sentiment :",
        corrected.query(DataSplit.TEST, 0));
    List<String> choices = List.of(" world", " sports", " business", " science");
    assertEquals(choices, paper.choices(DataSplit.TEST, 0));
    assertEquals(choices, corrected.choices(DataSplit.TEST, 0));
  }

  @Test
  void mrpc() {
    String s1 = "The mayor said on Tuesday that the old bridge will be closed for six weeks.";
    String s2 = "The old bridge will be closed for six weeks, the mayor said Tuesday.";
    PromptTexts paper = texts("mrpc:paper");
    assertEquals(
        "sentence1: " + s1 + " \n sentence2: " + s2 + "\n label : true \n", paper.demonstration(0));
    assertEquals(
        "sentence1: Shares of the brewer rose 3 percent to $41.20 in early trading. \n sentence2:"
            + " Shares of the brewer had risen 11 percent since the beginning of the year.\n"
            + " label : false \n",
        paper.demonstration(1));
    assertEquals(
        "sentence1: " + s1 + " \n sentence2: " + s2 + "\n label :",
        paper.query(DataSplit.TRAIN, 0));
    PromptTexts corrected = texts("mrpc");
    assertEquals(
        "sentence1: " + s1 + "\nsentence2: " + s2 + "\nlabel: true\n", corrected.demonstration(0));
    assertEquals(
        "sentence1: \"I have nothing to add,\" the senator told reporters.\n"
            + "sentence2: The senator told reporters he had nothing to add.\nlabel:",
        corrected.query(DataSplit.TEST, 2));
    assertEquals(List.of(" false", " true"), corrected.choices(DataSplit.TEST, 0));
  }

  @Test
  void rte() {
    String demonstration =
        "The ferry between the two islands will be replaced by a bridge if the money can be found."
            + " Does this mean that A bridge connects the two islands. is true? select Yes or No?"
            + " No\n";
    PromptTexts paper = texts("rte:paper");
    assertEquals(demonstration, paper.demonstration(1));
    String query =
        "The old mill was turned into a hotel with eleven rooms. Does this mean that The hotel has"
            + " eleven rooms. is true? select Yes or No?";
    // The paper's query ends in a space and is scored with a word that begins with one.
    assertEquals(query + " ", paper.query(DataSplit.VALIDATION, 0));
    assertEquals(List.of(" Yes", " No"), paper.choices(DataSplit.VALIDATION, 0));
    PromptTexts corrected = texts("rte");
    assertEquals(query, corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(demonstration, corrected.demonstration(1));
  }

  @Test
  void cb() {
    String first =
        "Suppose A: Did you enjoy the lake? B: Very much. We realised that the boat had been"
            + " painted green. Can we infer that 'the boat had been painted green'? Yes, No, or"
            + " Maybe? Yes\n";
    String neutral =
        "Suppose Could it be that the gardener has the ring? Can we infer that 'the gardener has"
            + " the ring'? ";
    PromptTexts paper = texts("cb:paper");
    assertEquals(first, paper.demonstration(0));
    assertEquals(neutral + "Yes, or No, or Mi? ", paper.query(DataSplit.VALIDATION, 2));
    List<String> choices = List.of(" Yes", " No", " Maybe");
    assertEquals(choices, paper.choices(DataSplit.VALIDATION, 2));
    DataRow row = paper.row(DataSplit.VALIDATION, 2);
    assertEquals(2, row.label());
    assertEquals(neutral + "Yes, No, or Maybe? Mi\n", paper.demonstration(row));

    PromptTexts corrected = texts("cb:corrected");
    assertEquals(first, corrected.demonstration(0));
    assertEquals(neutral + "Yes, No, or Maybe?", corrected.query(DataSplit.VALIDATION, 2));
    assertEquals(neutral + "Yes, No, or Maybe? Maybe\n", corrected.demonstration(row));
    assertEquals(choices, corrected.choices(DataSplit.VALIDATION, 2));
  }

  @Test
  void copa() {
    String demonstration = "The baby dropped the spoon.\neffect\nThe spoon fell on the floor.\n";
    PromptTexts paper = texts("copa:paper");
    assertEquals(demonstration, paper.demonstration(1));
    String query = "The glass broke.\ncause\n";
    assertEquals(query, paper.query(DataSplit.VALIDATION, 0));
    assertEquals(
        List.of("It fell off the table.\n", "It was full of water.\n"),
        paper.choices(DataSplit.VALIDATION, 0));
    PromptTexts corrected = texts("copa");
    assertEquals(demonstration, corrected.demonstration(1));
    assertEquals(query, corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(
        List.of("It fell off the table.", "It was full of water."),
        corrected.choices(DataSplit.VALIDATION, 0));
  }

  @Test
  void squad() {
    String query =
        "title: Harbor_of_Odden\ncontext: The harbor of Odden was dug between 1868 and 1874 by some"
            + " 900 workers, most of them from the inland parishes. Its outer mole is 412 metres"
            + " long and ends in a lighthouse of yellow brick. The first ship to enter was the"
            + " steamer Alma, which carried 40 barrels of tar and one goat.\n"
            + "question: When was the harbor finished?\nanswer:";
    for (String version : List.of("paper", "corrected")) {
      PromptTexts texts = texts("squad:" + version);
      assertEquals(query, texts.query(DataSplit.VALIDATION, 0));
      assertEquals(
          query + (version.equals("paper") ? "1874\n" : " 1874\n"),
          texts.demonstration(texts.row(DataSplit.VALIDATION, 0)));
      assertEquals(List.of(), texts.choices(DataSplit.VALIDATION, 0));
    }
  }

  @Test
  void emocTurns() {
    String text = "text: I got the job Wow congrats! Thank you so much \ud83d\ude0a";
    assertEquals(text + "\n sentiment : neg \n", texts("emoc:paper").demonstration(0));
    assertEquals(text + "\n sentiment : pos\n", texts("emoc").demonstration(0));
  }

  @Test
  void emoc() {
    DataRow row =
        new DataRow(
            DataSplit.TRAIN,
            "train.jsonl",
            0,
            java.util.Map.of("text", " so glad "),
            0,
            List.of(),
            0);
    PromptBuilder paper = new PromptBuilder(Task.load("emoc:paper").format());
    assertEquals("text:  so glad \n sentiment : pos \n", paper.demonstration(row));
    assertEquals("text: so glad\n sentiment :", paper.query(row));
    PromptBuilder corrected = new PromptBuilder(Task.load("emoc").format());
    assertEquals("text: so glad\n sentiment : pos\n", corrected.demonstration(row));
    assertEquals("text: so glad\n sentiment :", corrected.query(row));
    assertEquals(List.of(" pos", " neg"), corrected.choices(row));
  }

  @Test
  void demo() {
    PromptTexts sentiment = new PromptTexts(TaskFolders::lookAlike, "demo-sentiment");
    assertEquals("text: there every fresh\n sentiment : cup\n", sentiment.demonstration(0));
    assertEquals("text: one brilliant\n sentiment :", sentiment.query(DataSplit.TEST, 0));
    assertEquals(List.of(" moon", " cup"), sentiment.choices(DataSplit.TEST, 0));
    PromptTexts topic = new PromptTexts(TaskFolders::lookAlike, "demo-topic");
    assertEquals("text: my part seemed shareholder\n sentiment : iron\n", topic.demonstration(0));
    assertEquals("text: a part was lender\n sentiment :", topic.query(DataSplit.TEST, 0));
    assertEquals(List.of(" red", " dog", " iron", " lamp"), topic.choices(DataSplit.TEST, 0));
  }

  /** Demonstrations, queries and choices have one format, also at the boundary before the label. */
  @Test
  void aCorrectedDemonstrationIsItsQueryAndItsChoice() {
    for (String name : Task.BUILT_IN) {
      boolean ours = TaskFolders.WITH_PAPER.contains(name) || name.startsWith("demo-");
      if (ours && !name.equals("squad")) {
        PromptTexts texts = new PromptTexts(TaskFolders::lookAlike, name);
        for (int i = 0; i < 30; i++) {
          String query = texts.query(DataSplit.TRAIN, i);
          String choice =
              texts.choices(DataSplit.TRAIN, i).get(texts.row(DataSplit.TRAIN, i).label());
          assertEquals(query + choice + "\n", texts.demonstration(i), name);
          assertEquals(query, query.endsWith("\n") ? query : query.stripTrailing(), name);
        }
      }
    }
  }
}
