package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.RunException;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.testdata.TestData;

/** A sweep whose groups are evaluated elsewhere, here by workers with models of their own. */
class GroupEngineTest {
  private static LoadedModel loaded;
  private static LoadedModel other;

  @TempDir Path temporary;

  @BeforeAll
  static void open() {
    loaded = DemoSweep.open();
    other = DemoSweep.open();
  }

  @AfterAll
  static void close() {
    loaded.close();
    other.close();
  }

  private DemoSweep demo(String folder) {
    DemoSweep demo = new DemoSweep(temporary.resolve(folder));
    demo.plan = new EditPlan(List.of(), EditMethod.EXACT, FactoredMode.AUTO, 0);
    demo.seeds = List.of(0L, 7L);
    demo.limit = OptionalInt.of(3);
    return demo;
  }

  /** Evaluates by two workers in turn, in a random order; {@code reply} may change the lines. */
  private static GroupEngine workers(
      SweepRequest request, long seed, UnaryOperator<List<String>> reply) {
    return (identity, assignments, finished) -> {
      List<GroupAssignment> shuffled = new ArrayList<>(assignments);
      Collections.shuffle(shuffled, new Random(seed));
      try (GroupWorker one = GroupWorker.of(loaded, request, identity);
          GroupWorker two = GroupWorker.of(other, request, identity)) {
        for (int i = 0; i < shuffled.size(); i++) {
          GroupWorker worker = i % 2 == 0 ? one : two;
          List<String> lines = new ArrayList<>();
          worker.evaluate(shuffled.get(i), DemoSweep.SILENT, lines::add);
          finished.accept(reply.apply(lines));
        }
      }
    };
  }

  @Test
  void theFolderIsThatOfALocalSweep() throws IOException {
    SweepSummary local = demo("local").run(loaded);
    SweepRequest request = demo("remote").request();
    SweepSummary remote =
        Sweep.run(loaded, request, DemoSweep.SILENT, workers(request, 1, UnaryOperator.identity()));
    assertEquals(DemoSweep.results(folder("local")), DemoSweep.results(folder("remote")));
    assertEquals(local.done(), remote.done());
    assertEquals(spectra("local"), spectra("remote"));
    assertEquals(0, demo("remote").run(loaded).done(), "a local sweep finds everything done");
  }

  private Path folder(String name) {
    return temporary.resolve(name);
  }

  private List<String> spectra(String name) throws IOException {
    try (var lines = Files.lines(folder(name).resolve("cells-0-of-1.jsonl"))) {
      return lines.filter(line -> line.contains("\"kind\":\"spectrum\"")).sorted().toList();
    }
  }

  @Test
  void aTruncatedRunContinuesToTheSameResults() throws IOException {
    SweepRequest request = demo("run").request();
    GroupEngine engine = workers(request, 2, UnaryOperator.identity());
    Sweep.run(loaded, request, DemoSweep.SILENT, engine);
    var expected = DemoSweep.results(folder("run"));
    var spectra = spectra("run");
    Path file = folder("run").resolve("cells-0-of-1.jsonl");
    Random random = new Random(3);
    for (int i = 0; i < 2; i++) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(random.nextLong(channel.size()));
      }
      int kept = RunFolder.read(folder("run")).cells().size();
      assertEquals(
          expected.size() - kept, Sweep.run(loaded, request, DemoSweep.SILENT, engine).done());
      assertEquals(expected, DemoSweep.results(folder("run")));
      assertEquals(spectra, spectra("run"));
    }
  }

  @Test
  void aDuplicateIsWrittenOnceAndAContradictionStopsTheRun() {
    SweepRequest request = demo("twice").request();
    GroupEngine twice =
        workers(
            request,
            4,
            lines -> {
              List<String> doubled = new ArrayList<>(lines);
              doubled.addAll(lines);
              return doubled;
            });
    Sweep.run(loaded, request, DemoSweep.SILENT, twice);
    demo("once").run(loaded);
    assertEquals(DemoSweep.results(folder("once")), DemoSweep.results(folder("twice")));
    assertEquals(0, demo("twice").run(loaded).done());

    SweepRequest another = demo("other").request();
    GroupEngine contradicting =
        workers(
            another,
            4,
            lines -> {
              List<String> doubled = new ArrayList<>(lines);
              doubled.add(flipped(lines.getLast()));
              return doubled;
            });
    String message =
        assertThrows(
                RunException.class,
                () -> Sweep.run(loaded, another, DemoSweep.SILENT, contradicting))
            .getMessage();
    assertTrue(message.contains("cells-0-of-1.jsonl: cell demo-topic"), message);
    assertTrue(message.contains("expected the same result"), message);
    assertEquals(1, message.lines().count(), message);
    assertFalse(RunFolder.read(folder("other")).cells().isEmpty(), "what agreed is kept");
  }

  /** The line with two examples' outcomes exchanged: as many are correct. */
  private static String flipped(String line) {
    String found = line.replaceFirst("\"outcomes\":\"([01]*)01", "\"outcomes\":\"$110");
    return found.equals(line)
        ? line.replaceFirst("\"outcomes\":\"([01]*)10", "\"outcomes\":\"$101")
        : found;
  }

  @Test
  void linesBeforeAFailureAreKept() {
    SweepRequest request = demo("failing").request();
    String identity = request.identity(loaded).toJson().toString();
    List<String> lines = new ArrayList<>();
    SweepListener full =
        new SweepListener() {
          @Override
          public void begin(String name) {
            if (lines.size() == 1) {
              throw new RunException("no space left");
            }
          }

          @Override
          public void progress(int done, int total) {}

          @Override
          public void end() {}
        };
    GroupAssignment plain =
        new GroupAssignment(0, GroupAssignment.GroupPart.PLAIN, false, List.of());
    try (GroupWorker worker = GroupWorker.of(loaded, request, identity)) {
      assertThrows(RunException.class, () -> worker.evaluate(plain, full, lines::add));
    }
    assertEquals(1, lines.size(), "the cell before the failure");
    assertTrue(lines.getFirst().contains("\"kind\":\"cell\""), lines.getFirst());
  }

  @Test
  void aWorkerOfAnotherRunIsRefused() {
    SweepRequest request = demo("run").request();
    String identity = request.identity(loaded).toJson().toString();
    DemoSweep larger = demo("run");
    larger.limit = OptionalInt.of(4);
    String limit =
        assertThrows(RunException.class, () -> GroupWorker.of(other, larger.request(), identity))
            .getMessage();
    assertEquals("worker: limit: expected 3 as the run began, found 4", limit);
    try (LoadedModel overfitted =
        LoadedModel.open(TestData.demo().resolve("overfitted"), BackendOptions.standard())) {
      String checkpoint =
          assertThrows(RunException.class, () -> GroupWorker.of(overfitted, request, identity))
              .getMessage();
      assertTrue(checkpoint.startsWith("worker: checkpoint.sha256: expected "), checkpoint);
    }
  }
}
