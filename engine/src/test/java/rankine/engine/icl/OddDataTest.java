package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.common.TaskException;
import rankine.testdata.TestData;

/**
 * Files with one fault each, in {@code testdata/tasks/odd/TASK-FAULT}. Reading one gives one line
 * that names the file, the line or key, the expected and the found.
 */
class OddDataTest {
  /**
   * Folder and message after the folder's name. After {@code found:*} stand words of the JSON or
   * CSV library.
   */
  private static final String FAULTS =
      """
      agnews-class-5 ~ train.csv:2: row 1: column 'class': expected one of 1, 2, 3, 4, found '5'
      agnews-header ~ train.csv:1: row 0: column 'class': expected one of 1, 2, 3, 4, found 'class'
      agnews-open-quote ~ train.csv:3: expected a record, found:*
      agnews-quote-not-closed ~ train.csv:2: expected a record, found:*
      agnews-quote-not-doubled ~ train.csv:2: expected a record, found:*
      agnews-tabs ~ train.csv:1: expected 3 fields, found 1
      agnews-two-fields ~ train.csv:2: expected 3 fields, found 2
      cb-array ~ train.jsonl:2: expected a JSON object, found an array
      cb-cut ~ train.jsonl:2: expected valid JSON, found an error at line 1 column*
      cb-key-twice ~ train.jsonl:2: premise: expected each key once, found it twice
      cb-line-break ~ train.jsonl:2: expected valid JSON, found an error at line 1 column*
      cb-nested ~ train.jsonl:2: premise: expected column 'premise', found columns hypothesis, label
      cb-null ~ train.jsonl:2: hypothesis: expected column 'hypothesis', found columns label, premise
      cb-two-objects ~ train.jsonl:2: expected nothing after the JSON object, found an object
      copa-label-1.0 ~ train.jsonl:2: row 1: column 'label': expected one of 0, 1, found '1.0'
      copa-missing-choice ~ train.jsonl:2: choice2: expected column 'choice2', found columns choice1, idx, label, premise, question
      copa-unknown-label ~ train.jsonl:2: row 1: column 'label': expected one of 0, 1, found '2'
      emoc-missing-turn ~ train.txt:3: expected 5 fields, found 4
      emoc-no-label-column ~ test.txt: label: expected column 'label', found columns id, turn1, turn2, turn3
      emoc-only-others ~ train.txt: expected rows, found none
      emoc-unknown-label ~ train.txt:3: row 1: column 'label': expected one of 0, 1, 2, 3, angry, happy, others, sad, found 'neutral'
      mrpc-other-columns ~ msr_paraphrase_train.txt: s1: expected column '#1 String' or 'sentence1', found columns #1 ID, #1 Text, #2 ID, #2 Text, Quality
      mrpc-quotes-as-csv ~ msr_paraphrase_train.txt:3: expected 5 fields, found 4
      mrpc-short-row ~ msr_paraphrase_train.txt:3: expected 5 fields, found 4
      mrpc-unknown-label ~ msr_paraphrase_train.txt:3: row 1: column 'Quality': expected one of 0, 1, found 'yes'
      rte-missing-field ~ train.jsonl:2: hypothesis: expected column 'hypothesis' or 'sentence2', found columns idx, label, premise
      rte-missing-label ~ train.jsonl:3: label: expected column 'label', found columns hypothesis, idx, premise
      rte-not-json ~ train.jsonl:2: expected valid JSON, found an error at line 1 column*
      rte-unknown-label ~ train.jsonl:2: row 1: column 'label': expected one of 0, 1, entailment, not_entailment, found 'neutral'
      squad-answer-not-text ~ xquad.en.json: data[0].paragraphs[0].qas[0].answers[0].text: expected a string, found 7
      squad-array ~ xquad.en.json: expected a JSON object, found an array
      squad-cut ~ xquad.en.json: expected valid JSON, found an error at line 10 column*
      squad-data-object ~ xquad.en.json: data: expected an array of articles, found an object
      squad-key-twice ~ xquad.en.json: data[0].paragraphs.qas.id: expected each key once, found it twice
      squad-missing-context ~ xquad.en.json: data[0].paragraphs[0].context: expected a string, found nothing
      squad-missing-question ~ xquad.en.json: data[0].paragraphs[0].qas[1].question: expected a string, found nothing
      squad-no-answer ~ xquad.en.json: data[0].paragraphs[0].qas[1].answers: expected one answer or more (SQuAD v1.1), found none
      squad-no-data ~ xquad.en.json: data: expected an array of articles, found nothing
      squad-two-documents ~ xquad.en.json: expected nothing after the JSON object, found an object
      sst2-carriage-return ~ train.tsv:2: expected 2 fields, found 1
      sst2-column-twice ~ train.tsv: expected columns of different names, found sentence, sentence, label
      sst2-cut-character ~ train.tsv:3: expected UTF-8, found other bytes
      sst2-empty ~ train.tsv: expected a header, found an empty file
      sst2-header-only ~ train.tsv: expected rows, found none
      sst2-label-missing ~ train.tsv:3: row 1: column 'label': expected one of 0, 1, found ''
      sst2-label-with-space ~ train.tsv:3: row 1: column 'label': expected one of 0, 1, found '0 '
      sst2-latin1 ~ train.tsv:4: expected UTF-8, found other bytes
      sst2-no-header ~ train.tsv: sentence: expected column 'sentence', found columns 1, a quiet film about a loud river\s
      sst2-no-label-column ~ train.tsv: label: expected column 'label', found columns sentence
      sst2-no-tab ~ train.tsv:3: expected 2 fields, found 1
      sst2-surrogates ~ train.tsv:2: expected UTF-8, found other bytes
      sst2-tab-in-text ~ train.tsv:3: expected 2 fields, found 3
      sst2-two-marks ~ train.tsv: sentence: expected column 'sentence', found columns label, \\ufeffsentence
      sst2-unknown-label ~ train.tsv:4: row 2: column 'label': expected one of 0, 1, found '2'
      sst2-utf16 ~ train.tsv:1: expected UTF-8, found other bytes
      """;

  record OddFolder(String folder, String message) {
    static OddFolder of(String line) {
      String[] parts = line.split(" ~ ", 2);
      return new OddFolder(parts[0], parts[0] + "/" + parts[1]);
    }
  }

  static List<OddFolder> faults() {
    return FAULTS.lines().map(OddFolder::of).toList();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsOneLineThatNamesIt(OddFolder fault) {
    String task = fault.folder().substring(0, fault.folder().indexOf('-'));
    DataFolder data =
        DataFolder.open(Task.load(task).data(), TestData.task("odd").resolve(fault.folder()));
    DataSplit only = data.splits().getFirst();
    String found = assertThrows(TaskException.class, () -> data.rows(only)).getMessage();
    assertEquals(1, found.lines().count(), found);
    if (fault.message().endsWith("*")) {
      int known = fault.message().length() - 1;
      assertEquals(fault.message().substring(0, known), found.substring(0, known));
    } else {
      assertEquals(fault.message(), found);
    }
  }

  @Test
  void everyFolderIsRead() throws IOException {
    try (Stream<Path> folders = Files.list(TestData.task("odd"))) {
      assertEquals(
          faults().stream().map(OddFolder::folder).sorted().toList(),
          folders.map(folder -> folder.getFileName().toString()).sorted().toList());
    }
  }
}
