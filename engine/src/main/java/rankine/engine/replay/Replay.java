package rankine.engine.replay;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import rankine.engine.icl.LanguageModel.Query;
import rankine.engine.model.Model;
import rankine.engine.model.ModelException;
import rankine.engine.model.Session;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Slot;

/**
 * The texts of an evaluation on their way through an unedited model, as far as they have come. A
 * variant of the model is scored from here, without what lies below: its edits must lie above.
 * Variants are therefore asked in the order of their lowest edit, and {@link #advance} goes on to
 * the next.
 *
 * <p>Scores have the bits of {@code SessionLanguageModel}'s.
 */
public final class Replay implements AutoCloseable {
  private final Backend backend;
  private final Model base;
  private final Course course;
  private final Workload work;
  private final int chunk;
  private final Arena arena = Arena.ofShared();
  private final SavedRows here;
  private int position;

  /**
   * Texts at the start.
   *
   * @param base the model, resident on {@code backend}
   * @param prefix ids that every query begins with; may be empty
   * @param queries whose continuations are scored
   * @throws ModelException for an id that the model does not have, or a text beyond its context
   */
  public Replay(Model base, Backend backend, int[] prefix, List<Query> queries) {
    this.backend = backend;
    this.base = base;
    this.course = Course.of(base);
    this.work = Workload.of(prefix, queries);
    this.chunk = Math.min(Session.DEFAULT_CHUNK, base.config().contextLength());
    Limits.check(base.config(), prefix, queries);
    this.here = new SavedRows(arena, work);
  }

  /** The bytes that a row of text takes where it is kept longest: between two blocks. */
  public static long bytesPerToken(Model model) {
    Course course = Course.of(model);
    long most = 0;
    for (int at = 0; at <= course.stored(); at++) {
      if (course.cut(at) == at) {
        long width =
            Flow.live(course.ops(), at).stream()
                .filter(slot -> slot.rows() == Slot.Rows.TOKENS)
                .mapToLong(Slot::width)
                .sum();
        most = Math.max(most, width * Float.BYTES);
      }
    }
    return most;
  }

  /** Goes on to where {@code variant} first differs from the base, if that is not behind. */
  public void advance(Model variant) {
    int to = course.divergence(Course.of(variant));
    if (to > position) {
      run(course, base, here, position, to, here);
      position = to;
    }
  }

  /**
   * The log-likelihoods of {@code variant}: one array a query, one number a continuation.
   *
   * @throws IllegalArgumentException if an edit lies below
   */
  public List<double[]> scores(Model variant) {
    Course other = Course.of(variant);
    if (course.divergence(other) < position) {
      throw new IllegalArgumentException("an edit below where the texts are");
    }
    try (Arena scratch = Arena.ofConfined()) {
      int tail = Math.max(position, other.tail());
      SavedRows before = here;
      if (tail > position) {
        before = new SavedRows(scratch, work);
        run(other, variant, here, position, tail, before);
      }
      return work.scores(finish(other, variant, tail, before));
    }
  }

  private void run(Course way, Model model, SavedRows from, int begin, int end, SavedRows to) {
    KvShape shape = model.config().kvShape();
    StageRun.run(backend, work, Stage.of(way, begin, end, shape), from, to, chunk);
  }

  /** The rest of the way for the wanted rows alone, in batches of them. */
  private double[][] finish(Course way, Model model, int tail, SavedRows saved) {
    Stage stage = Stage.of(way, tail, way.end(), model.config().kvShape());
    int[][] targets = work.targets();
    double[][] found = new double[targets.length][];
    int most = Math.min(Session.SCORING_ROWS, Math.max(1, targets.length));
    try (Activations activations = backend.activations(Flow.slots(stage.ops()), most, most);
        KvCache nothing = backend.cache(stage.keysValues())) {
      for (int from = 0; from < targets.length; from += most) {
        int count = Math.min(most, targets.length - from);
        for (Slot slot : stage.in()) {
          backend.write(activations, slot, 0, count, saved.rows(slot, from, count));
        }
        backend.run(stage.ops(), activations, wantedRows(nothing, count));
        int[][] some = Arrays.copyOfRange(targets, from, from + count);
        double[][] rows = backend.logProbabilities(activations, model.logits(), some);
        System.arraycopy(rows, 0, found, from, count);
      }
    }
    return found;
  }

  /** A batch of wanted rows whose tokens nobody reads. */
  private static Batch wantedRows(KvCache cache, int count) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = i;
    }
    return new Batch(List.of(new Batch.Sequence(cache, new int[count])), all);
  }

  @Override
  public void close() {
    arena.close();
  }
}
