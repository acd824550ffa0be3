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
final class SliceExecutor implements AutoCloseable {
  /** The most prompts whose keys and values are held at once. */
  private static final int QUERIES = 32;

  /** Prompts are gathered up to so many batches of rows. */
  private static final int BATCHES = 4;

  private final Backend backend;
  private final TokenTree work;
  private final ProgramSlice stage;
  private final ActivationStore in;
  private final ActivationStore out;
  private final Activations activations;
  private final Map<Integer, KvCache> caches = new HashMap<>();

  /** Part of a segment in the batch that is being filled. */
  private record SpanPiece(TokenTree.TreeNode node, KvCache cache, int from, int count) {
    int firstRow() {
      return node.firstRow() + from;
    }

    int firstLogitRow() {
      return node.firstLogitRow() + node.segment().logitRowsBefore(from);
    }

    int logitRows() {
      return node.segment().logitRowsBefore(from + count) - node.segment().logitRowsBefore(from);
    }
  }

  private final List<SpanPiece> pieces = new ArrayList<>();
  private int rows;
  private int logitRows;

  private SliceExecutor(
      Backend backend,
      TokenTree work,
      ProgramSlice stage,
      ActivationStore in,
      ActivationStore out,
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
      TokenTree work,
      ProgramSlice stage,
      ActivationStore in,
      ActivationStore out,
      int chunk,
      ProgressListener progress) {
    Collection<Slot> slots = new ArrayList<>(Model.slots(stage.ops()));
    stage.in().stream().filter(slot -> !slots.contains(slot)).forEach(slots::add);
    out.keep(stage.out());
    try (Activations activations = backend.activations(slots, chunk, chunk);
        SliceExecutor run = new SliceExecutor(backend, work, stage, in, out, activations)) {
      run.all(progress);
    }
  }

  private void all(ProgressListener progress) {
    if (work.prefix() != TokenSpan.NONE && !stage.appending().isEmpty()) {
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
    TokenTree.TreeNode node = work.node(index);
    TokenSpan segment = node.segment();
    KvCache cache =
        segment.parent() == TokenSpan.NONE || !caches.containsKey(segment.parent())
            ? backend.cache(stage.keysValues())
            : caches.get(segment.parent()).fork();
    caches.put(index, cache);
    int done = 0;
    while (done < segment.ids().length) {
      int to = done;
      int asked = logitRows;
      while (to < segment.ids().length && rows + to - done < activations.tokenRows()) {
        if (segment.targets()[to].length > 0 && ++asked > activations.logitRows()) {
          break;
        }
        to++;
      }
      if (to > done) {
        SpanPiece piece = new SpanPiece(node, cache, done, to - done);
        pieces.add(piece);
        rows += piece.count();
        logitRows += piece.logitRows();
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
    if (!stage.ops(logitRows > 0).isEmpty()) {
      Batch batch = batch();
      transfer(stage.in(), in, true);
      backend.run(stage.ops(logitRows > 0), activations, batch);
      transfer(stage.out(), out, false);
    }
    for (SpanPiece piece : pieces) {
      piece.cache.advance(piece.count);
    }
    pieces.clear();
    rows = 0;
    logitRows = 0;
  }

  private Batch batch() {
    List<Batch.Sequence> sequences = new ArrayList<>();
    int[] indices = new int[logitRows];
    int row = 0;
    int w = 0;
    for (SpanPiece piece : pieces) {
      int[] ids = new int[piece.count];
      for (int i = 0; i < piece.count; i++, row++) {
        ids[i] = piece.node.segment().ids()[piece.from + i];
        if (piece.node.segment().targets()[piece.from + i].length > 0) {
          indices[w++] = row;
        }
      }
      sequences.add(new Batch.Sequence(piece.cache, ids));
    }
    return new Batch(sequences, indices);
  }

  /** Moves the rows of the batch between the saved ones and the backend's. */
  private void transfer(Collection<Slot> slots, ActivationStore saved, boolean toBackend) {
    for (Slot slot : slots) {
      int row = 0;
      for (SpanPiece piece : pieces) {
        int first = slot.rows() == Slot.RowDomain.TOKENS ? piece.firstRow() : piece.firstLogitRow();
        int count = slot.rows() == Slot.RowDomain.TOKENS ? piece.count() : piece.logitRows();
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
