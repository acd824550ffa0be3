package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts of each task and version, written by hand from the paper's table and real rows. */
class PromptTextTest {

  private static final class Texts {
    private final DataFolder data;
    private final PromptBuilder builder;

    Texts(String task) {
      Task loaded = Task.load(task);
      this.data = DataFolder.open(loaded.data(), SharedData.of(loaded.name()));
      this.builder = new PromptBuilder(loaded.format());
    }

    String demonstration(int row) {
      return builder.demonstration(data.rows(DataSplit.TRAIN).get(row));
    }

    String query(DataSplit split, int row) {
      return builder.query(data.rows(split).get(row));
    }

    List<String> choices(DataSplit split, int row) {
      return builder.choices(data.rows(split).get(row));
    }
  }

  @Test
  void sst2() {
    Texts paper = new Texts("sst2:paper");
    // The space that ends the sentence in the data stays in a demonstration, not in a query.
    assertEquals("text: an unexpectedly sweet story \n sentiment : pos \n", paper.demonstration(0));
    assertEquals(
        "text: to have been lost in the translation this time \n sentiment : neg \n",
        paper.demonstration(1));
    assertEquals(
        "text: an unexpectedly sweet story\n sentiment :", paper.query(DataSplit.TRAIN, 0));
    assertEquals(List.of(" neg", " pos"), paper.choices(DataSplit.TRAIN, 0));

    Texts corrected = new Texts("sst2");
    assertEquals(
        "text: an unexpectedly sweet story\n sentiment : pos\n", corrected.demonstration(0));
    assertEquals(
        "text: it 's a charming and often affecting journey .\n sentiment :",
        corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(List.of(" neg", " pos"), corrected.choices(DataSplit.VALIDATION, 0));
  }

  @Test
  void agnews() {
    String text =
        "Fears for T N pension after talks Unions representing workers at Turner   Newall say they"
            + " are 'disappointed' after talks with stricken parent firm Federal Mogul.";
    Texts paper = new Texts("agnews:paper");
    assertEquals("text: " + text + "\n sentiment : business \n", paper.demonstration(0));
    assertEquals("text: " + text + "\n sentiment :", paper.query(DataSplit.TRAIN, 0));
    Texts corrected = new Texts("agnews:corrected");
    assertEquals("text: " + text + "\n sentiment : business\n", corrected.demonstration(0));
    assertEquals(
        "text: The Race is On: Second Private Team Sets Launch Date for Human Spaceflight"
            + " (SPACE.com) SPACE.com - TORONTO, Canada -- A second\\team of rocketeers competing"
            + " for the  #36;10 million Ansari X Prize, a contest for\\privately funded suborbital"
            + " space flight, has officially announced the first\\launch date for its manned"
            + " rocket.\n sentiment :",
        corrected.query(DataSplit.TEST, 0));
    List<String> choices = List.of(" world", " sports", " business", " science");
    assertEquals(choices, paper.choices(DataSplit.TEST, 0));
    assertEquals(choices, corrected.choices(DataSplit.TEST, 0));
  }

  @Test
  void mrpc() {
    String s1 =
        "Amrozi accused his brother, whom he called \"the witness\", of deliberately distorting his"
            + " evidence.";
    String s2 =
        "Referring to him as only \"the witness\", Amrozi accused his brother of deliberately"
            + " distorting his evidence.";
    Texts paper = new Texts("mrpc:paper");
    assertEquals(
        "sentence1: " + s1 + " \n sentence2: " + s2 + "\n label : true \n", paper.demonstration(0));
    assertEquals(
        "sentence1: Yucaipa owned Dominick's before selling the chain to Safeway in 1998 for $2.5"
            + " billion. \n sentence2: Yucaipa bought Dominick's in 1995 for $693 million and sold"
            + " it to Safeway for $1.8 billion in 1998.\n label : false \n",
        paper.demonstration(1));
    assertEquals(
        "sentence1: " + s1 + " \n sentence2: " + s2 + "\n label :",
        paper.query(DataSplit.TRAIN, 0));
    Texts corrected = new Texts("mrpc");
    assertEquals(
        "sentence1: " + s1 + "\nsentence2: " + s2 + "\nlabel: true\n", corrected.demonstration(0));
    assertEquals(
        "sentence1: PCCW's chief operating officer, Mike Butcher, and Alex Arena, the chief"
            + " financial officer, will report directly to Mr So.\n"
            + "sentence2: Current Chief Operating Officer Mike Butcher and Group Chief Financial"
            + " Officer Alex Arena will report to So.\nlabel:",
        corrected.query(DataSplit.TEST, 0));
    assertEquals(List.of(" false", " true"), corrected.choices(DataSplit.TEST, 0));
  }

  @Test
  void rte() {
    Texts paper = new Texts("rte:paper");
    assertEquals(
        "No Weapons of Mass Destruction Found in Iraq Yet. Does this mean that Weapons of Mass"
            + " Destruction Found in Iraq. is true? select Yes or No? No\n",
        paper.demonstration(0));
    String query =
        "Dana Reeve, the widow of the actor Christopher Reeve, has died of lung cancer at age 44,"
            + " according to the Christopher Reeve Foundation. Does this mean that Christopher"
            + " Reeve had an accident. is true? select Yes or No?";
    // The paper's query ends in a space and is scored with a word that begins with one.
    assertEquals(query + " ", paper.query(DataSplit.VALIDATION, 0));
    assertEquals(List.of(" Yes", " No"), paper.choices(DataSplit.VALIDATION, 0));
    Texts corrected = new Texts("rte");
    assertEquals(query, corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(
        "No Weapons of Mass Destruction Found in Iraq Yet. Does this mean that Weapons of Mass"
            + " Destruction Found in Iraq. is true? select Yes or No? No\n",
        corrected.demonstration(0));
  }

  @Test
  void cb() {
    String first =
        "Suppose It was a complex language. Not written down but handed down. One might say it was"
            + " peeled down. Can we infer that 'the language was peeled down'? Yes, No, or Maybe?"
            + " Yes\n";
    String neutral =
        "Suppose ``Who knows? The point is, do we go with it or not?'' Do we assume there is a"
            + " shipment? Can we infer that 'there is a shipment'? ";
    Texts paper = new Texts("cb:paper");
    assertEquals(first, paper.demonstration(0));
    assertEquals(neutral + "Yes, or No, or Mi? ", paper.query(DataSplit.VALIDATION, 1));
    List<String> choices = List.of(" Yes", " No", " Maybe");
    assertEquals(choices, paper.choices(DataSplit.VALIDATION, 1));
    assertEquals(
        neutral + "Yes, or No, or Mi?  Maybe",
        paper.query(DataSplit.VALIDATION, 1) + paper.choices(DataSplit.VALIDATION, 1).get(2));
    DataRow row =
        DataFolder.open(Task.load("cb").data(), SharedData.of("cb"))
            .rows(DataSplit.VALIDATION)
            .get(1);
    assertEquals(2, row.label());
    assertEquals(neutral + "Yes, No, or Maybe? Mi\n", paper.builder.demonstration(row));

    Texts corrected = new Texts("cb:corrected");
    assertEquals(first, corrected.demonstration(0));
    assertEquals(neutral + "Yes, No, or Maybe?", corrected.query(DataSplit.VALIDATION, 1));
    assertEquals(neutral + "Yes, No, or Maybe? Maybe\n", corrected.builder.demonstration(row));
    assertEquals(choices, corrected.choices(DataSplit.VALIDATION, 1));
  }

  @Test
  void copa() {
    String demonstration = "My body cast a shadow over the grass.\ncause\nThe sun was rising.\n";
    Texts paper = new Texts("copa:paper");
    assertEquals(demonstration, paper.demonstration(0));
    String query = "The man turned on the faucet.\neffect\n";
    assertEquals(query, paper.query(DataSplit.VALIDATION, 0));
    assertEquals(
        List.of("The toilet filled with water.\n", "Water flowed from the spout.\n"),
        paper.choices(DataSplit.VALIDATION, 0));
    Texts corrected = new Texts("copa");
    assertEquals(demonstration, corrected.demonstration(0));
    assertEquals(query, corrected.query(DataSplit.VALIDATION, 0));
    assertEquals(
        List.of("The toilet filled with water.", "Water flowed from the spout."),
        corrected.choices(DataSplit.VALIDATION, 0));
  }

  @Test
  void squad() {
    for (String version : List.of("paper", "corrected")) {
      Task task = Task.load("squad:" + version);
      DataRow row =
          DataFolder.open(task.data(), SharedData.of("squad")).rows(DataSplit.VALIDATION).get(0);
      PromptBuilder builder = new PromptBuilder(task.format());
      String query =
          "title: "
              + row.fields().get("title")
              + "\ncontext: The Panthers defense gave up just 308"
              + " points, ranking sixth in the league";
      assertEquals(query, builder.query(row).substring(0, query.length()));
      String end =
          " while also racking up 88 tackles and Pro Bowl cornerback Josh Norman, who developed"
              + " into a shutdown corner during the season and had four interceptions, two of which"
              + " were returned for touchdowns.\n"
              + "question: How many points did the Panthers defense surrender?\nanswer:";
      assertEquals(end, builder.query(row).substring(builder.query(row).length() - end.length()));
      assertEquals(
          builder.query(row) + (version.equals("paper") ? "308\n" : " 308\n"),
          builder.demonstration(row));
      assertEquals(List.of(), builder.choices(row));
    }
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
    Texts sentiment = new Texts("demo-sentiment");
    assertEquals("text: there every fresh\n sentiment : cup\n", sentiment.demonstration(0));
    assertEquals("text: one brilliant\n sentiment :", sentiment.query(DataSplit.TEST, 0));
    assertEquals(List.of(" moon", " cup"), sentiment.choices(DataSplit.TEST, 0));
    Texts topic = new Texts("demo-topic");
    assertEquals("text: my part seemed shareholder\n sentiment : iron\n", topic.demonstration(0));
    assertEquals("text: a part was lender\n sentiment :", topic.query(DataSplit.TEST, 0));
    assertEquals(List.of(" red", " dog", " iron", " lamp"), topic.choices(DataSplit.TEST, 0));
  }

  /** Demonstrations, queries and choices have one format, also at the boundary before the label. */
  @Test
  void aCorrectedDemonstrationIsItsQueryAndItsChoice() {
    for (String name : Task.BUILT_IN) {
      if (!name.equals("emoc") && !name.equals("squad")) {
        Texts texts = new Texts(name);
        List<DataRow> rows = texts.data.rows(DataSplit.TRAIN);
        for (int i = 0; i < 200; i++) {
          String query = texts.query(DataSplit.TRAIN, i);
          String choice = texts.choices(DataSplit.TRAIN, i).get(rows.get(i).label());
          assertEquals(query + choice + "\n", texts.demonstration(i), name);
          assertEquals(query, query.endsWith("\n") ? query : query.stripTrailing(), name);
        }
      }
    }
  }
}
