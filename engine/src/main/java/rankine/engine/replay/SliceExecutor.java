package rankine.engine.replay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import rankine.engine.model.Model;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Slot;

/**
 * Runs one program slice for every row of a token tree: loads the slots that are live at its start,
 * and stores those live at its end. A batch holds tokens of several spans; a span that does not fit
 * continues in the next batch, with the same result.
 */
final class SliceExecutor implements AutoCloseable {
  /** The maximum number of prompts whose keys and values are in memory at once. */
  static final int MAX_PROMPTS = 32;

  /** The maximum number of batches of token rows for which prompts are collected. */
  private static final int MAX_BATCHES = 4;

  /** Positions for which backends allocate keys and values at a time. */
  private static final int KV_BLOCK = 64;

  private final Backend backend;
  private final TokenTree tree;
  private final ProgramSlice slice;
  private final ActivationStore in;
  private final ActivationStore out;
  private final Activations activations;
  private final Map<Integer, KvCache> caches = new HashMap<>();

  /** The part of a span in the batch under construction. */
  private record SpanPiece(TokenTree.TreeNode node, KvCache cache, int from, int count) {
    int firstRow() {
      return node.firstRow() + from;
    }

    int firstLogitRow() {
      return node.firstLogitRow() + node.span().logitRowsBefore(from);
    }

    int logitRows() {
      return node.span().logitRowsBefore(from + count) - node.span().logitRowsBefore(from);
    }
  }

  private final List<SpanPiece> pieces = new ArrayList<>();
  private int rows;
  private int logitRows;

  private SliceExecutor(
      Backend backend,
      TokenTree tree,
      ProgramSlice slice,
      ActivationStore in,
      ActivationStore out,
      Activations activations) {
    this.backend = backend;
    this.tree = tree;
    this.slice = slice;
    this.in = in;
    this.out = out;
    this.activations = activations;
  }

  /**
   * Runs the slice for the whole tree.
   *
   * @param in holds the slots live at the slice's start
   * @param out receives the slots live at its end; may be {@code in}
   * @param progress receives the number of prompts processed
   */
  static void run(
      Backend backend,
      TokenTree tree,
      ProgramSlice slice,
      ActivationStore in,
      ActivationStore out,
      int chunk,
      ProgressListener progress) {
    Collection<Slot> slots = new ArrayList<>(Model.slots(slice.ops()));
    slice.in().stream().filter(slot -> !slots.contains(slot)).forEach(slots::add);
    out.allocate(slice.out());
    try (Activations activations = backend.activations(slots, chunk, chunk);
        SliceExecutor run = new SliceExecutor(backend, tree, slice, in, out, activations)) {
      run.runAll(progress);
    }
  }

  /**
   * Returns the most positions for which keys and values are in memory at once: those of the prefix
   * and of the prompts collected, each span in blocks of its own.
   *
   * @param chunk maximum tokens per batch
   */
  static long positions(TokenTree tree, int chunk) {
    long most = 0;
    for (int from = 0; from < tree.prompts(); ) {
      int to = collect(tree, from, chunk);
      long positions = 0;
      for (int prompt = from; prompt < to; prompt++) {
        positions += blocks(tree.span(prompt).ids().length);
        for (int span : tree.continuations(prompt)) {
          positions += blocks(tree.node(span).span().ids().length);
        }
      }
      most = Math.max(most, positions);
      from = to;
    }
    return blocks(tree.prefixIds().length) + most;
  }

  private static long blocks(int tokens) {
    return Math.ceilDiv(tokens, KV_BLOCK) * (long) KV_BLOCK;
  }

  /** Returns the end of the prompts, from {@code from} on, that run together. */
  private static int collect(TokenTree tree, int from, int chunk) {
    int to = from;
    int tokens = 0;
    while (to < tree.prompts() && to - from < MAX_PROMPTS && tokens < MAX_BATCHES * chunk) {
      tokens += tree.span(to++).ids().length;
    }
    return to;
  }

  private void runAll(ProgressListener progress) {
    if (tree.prefix() != TokenSpan.NONE && !slice.appending().isEmpty()) {
      add(tree.prefix());
      flush();
    }
    int from = 0;
    while (from < tree.prompts()) {
      int to = collect(tree, from, activations.tokenRows());
      for (int prompt = from; prompt < to; prompt++) {
        add(tree.prompt(prompt));
      }
      flush();
      for (int prompt = from; prompt < to; prompt++) {
        for (int span : tree.continuations(prompt)) {
          add(span);
        }
      }
      flush();
      for (int prompt = from; prompt < to; prompt++) {
        for (int span : tree.continuations(prompt)) {
          close(span);
        }
        close(tree.prompt(prompt));
      }
      from = to;
      progress.progress(from, tree.prompts());
    }
  }

  private void close(int span) {
    KvCache cache = caches.remove(span);
    if (cache != null) {
      cache.close();
    }
  }

  private void add(int index) {
    TokenTree.TreeNode node = tree.node(index);
    TokenSpan span = node.span();
    KvCache cache =
        span.parent() == TokenSpan.NONE || !caches.containsKey(span.parent())
            ? backend.cache(slice.kvShape())
            : caches.get(span.parent()).fork();
    caches.put(index, cache);
    int done = 0;
    while (done < span.ids().length) {
      int to = done;
      int batchLogitRows = logitRows;
      while (to < span.ids().length && rows + to - done < activations.tokenRows()) {
        if (span.targets()[to].length > 0 && ++batchLogitRows > activations.logitRows()) {
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
      if (to < span.ids().length) {
        flush();
      }
      done = to;
    }
  }

  /** Runs the batch unless it is empty. */
  private void flush() {
    if (pieces.isEmpty()) {
      return;
    }
    if (!slice.ops(logitRows > 0).isEmpty()) {
      Batch batch = batch();
      transfer(slice.in(), in, true);
      backend.run(slice.ops(logitRows > 0), activations, batch);
      transfer(slice.out(), out, false);
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
    int logitRow = 0;
    for (SpanPiece piece : pieces) {
      int[] ids = new int[piece.count];
      for (int i = 0; i < piece.count; i++, row++) {
        ids[i] = piece.node.span().ids()[piece.from + i];
        if (piece.node.span().targets()[piece.from + i].length > 0) {
          indices[logitRow++] = row;
        }
      }
      sequences.add(new Batch.Sequence(piece.cache, ids));
    }
    return new Batch(sequences, indices);
  }

  /** Copies the batch's rows from {@code store} to the backend, or back. */
  private void transfer(Collection<Slot> slots, ActivationStore store, boolean toBackend) {
    for (Slot slot : slots) {
      int row = 0;
      for (SpanPiece piece : pieces) {
        int first = slot.rows() == Slot.RowDomain.TOKENS ? piece.firstRow() : piece.firstLogitRow();
        int count = slot.rows() == Slot.RowDomain.TOKENS ? piece.count() : piece.logitRows();
        if (count > 0) {
          if (toBackend) {
            backend.write(activations, slot, row, count, store.rows(slot, first, count));
          } else {
            backend.read(activations, slot, row, count, store.rows(slot, first, count));
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
