package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import rankine.engine.icl.ProgressListener;
import rankine.engine.model.Model;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Slot;

/**
 * Takes every row of a workload through one stage: what crosses its begin is brought in, what
 * crosses its end is saved. Batches are filled with the tokens of several segments; one that does
 * not fit goes on in the next batch, with the same result.
 */
final class StageRun implements AutoCloseable {
  /** The most prompts whose keys and values are held at once. */
  private static final int QUERIES = 32;

  /** Prompts are gathered up to so many batches of rows. */
  private static final int BATCHES = 4;

  private final Backend backend;
  private final Workload work;
  private final Stage stage;
  private final SavedRows in;
  private final SavedRows out;
  private final Activations activations;
  private final Map<Integer, KvCache> caches = new HashMap<>();

  /** Part of a segment in the batch that is being filled. */
  private record Piece(Workload.Node node, KvCache cache, int from, int count) {
    int firstRow() {
      return node.firstRow() + from;
    }

    int firstWanted() {
      return node.firstWanted() + node.segment().wantedBefore(from);
    }

    int wanted() {
      return node.segment().wantedBefore(from + count) - node.segment().wantedBefore(from);
    }
  }

  private final List<Piece> pieces = new ArrayList<>();
  private int rows;
  private int wanted;

  private StageRun(
      Backend backend,
      Workload work,
      Stage stage,
      SavedRows in,
      SavedRows out,
      Activations activations) {
    this.backend = backend;
    this.work = work;
    this.stage = stage;
    this.in = in;
    this.out = out;
    this.activations = activations;
  }

  /**
   * Runs the whole workload.
   *
   * @param in has what the stage begins with
   * @param out gets what it ends with; may be {@code in}
   * @param progress hears how many of the queries are done
   */
  static void run(
      Backend backend,
      Workload work,
      Stage stage,
      SavedRows in,
      SavedRows out,
      int chunk,
      ProgressListener progress) {
    Collection<Slot> slots = new ArrayList<>(Model.slots(stage.ops()));
    stage.in().stream().filter(slot -> !slots.contains(slot)).forEach(slots::add);
    out.keep(stage.out());
    try (Activations activations = backend.activations(slots, chunk, chunk);
        StageRun run = new StageRun(backend, work, stage, in, out, activations)) {
      run.all(progress);
    }
  }

  private void all(ProgressListener progress) {
    if (work.prefix() != Segment.NONE && !stage.appending().isEmpty()) {
      add(work.prefix());
      flush();
    }
    int from = 0;
    while (from < work.queries()) {
      int to = from;
      int gathered = 0;
      while (to < work.queries()
          && to - from < QUERIES
          && gathered < BATCHES * activations.tokenRows()) {
        gathered += work.node(work.prompt(to++)).segment().ids().length;
      }
      for (int query = from; query < to; query++) {
        add(work.prompt(query));
      }
      flush();
      for (int query = from; query < to; query++) {
        for (int segment : work.continuations(query)) {
          add(segment);
        }
      }
      flush();
      for (int query = from; query < to; query++) {
        for (int segment : work.continuations(query)) {
          close(segment);
        }
        close(work.prompt(query));
      }
      from = to;
      progress.progress(from, work.queries());
    }
  }

  private void close(int segment) {
    KvCache cache = caches.remove(segment);
    if (cache != null) {
      cache.close();
    }
  }

  private void add(int index) {
    Workload.Node node = work.node(index);
    Segment segment = node.segment();
    KvCache cache =
        segment.parent() == Segment.NONE || !caches.containsKey(segment.parent())
            ? backend.cache(stage.keysValues())
            : caches.get(segment.parent()).fork();
    caches.put(index, cache);
    int done = 0;
    while (done < segment.ids().length) {
      int to = done;
      int asked = wanted;
      while (to < segment.ids().length && rows + to - done < activations.tokenRows()) {
        if (segment.targets()[to].length > 0 && ++asked > activations.wantedRows()) {
          break;
        }
        to++;
      }
      if (to > done) {
        Piece piece = new Piece(node, cache, done, to - done);
        pieces.add(piece);
        rows += piece.count();
        wanted += piece.wanted();
      }
      if (to < segment.ids().length) {
        flush();
      }
      done = to;
    }
  }

  /** Runs the batch, if there is one. */
  private void flush() {
    if (pieces.isEmpty()) {
      return;
    }
    if (!stage.ops(wanted > 0).isEmpty()) {
      Batch batch = batch();
      transfer(stage.in(), in, true);
      backend.run(stage.ops(wanted > 0), activations, batch);
      transfer(stage.out(), out, false);
    }
    for (Piece piece : pieces) {
      piece.cache.advance(piece.count);
    }
    pieces.clear();
    rows = 0;
    wanted = 0;
  }

  private Batch batch() {
    List<Batch.Sequence> sequences = new ArrayList<>();
    int[] wantedRows = new int[wanted];
    int row = 0;
    int w = 0;
    for (Piece piece : pieces) {
      int[] ids = new int[piece.count];
      for (int i = 0; i < piece.count; i++, row++) {
        ids[i] = piece.node.segment().ids()[piece.from + i];
        if (piece.node.segment().targets()[piece.from + i].length > 0) {
          wantedRows[w++] = row;
        }
      }
      sequences.add(new Batch.Sequence(piece.cache, ids));
    }
    return new Batch(sequences, wantedRows);
  }

  /** Moves the rows of the batch between the saved ones and the backend's. */
  private void transfer(Collection<Slot> slots, SavedRows saved, boolean toBackend) {
    for (Slot slot : slots) {
      int row = 0;
      for (Piece piece : pieces) {
        int first = slot.rows() == Slot.Rows.TOKENS ? piece.firstRow() : piece.firstWanted();
        int count = slot.rows() == Slot.Rows.TOKENS ? piece.count() : piece.wanted();
        if (count > 0) {
          if (toBackend) {
            backend.write(activations, slot, row, count, saved.rows(slot, first, count));
          } else {
            backend.read(activations, slot, row, count, saved.rows(slot, first, count));
          }
        }
        row += count;
      }
    }
  }

  @Override
  public void close() {
    caches.values().forEach(KvCache::close);
    caches.clear();
  }
}
