package rankine.cli.serve;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import rankine.common.ModelException;
import rankine.common.RankineException;
import rankine.engine.serving.BatchScheduler;
import rankine.engine.serving.BatchScheduler.Submission;
import rankine.engine.serving.RejectedSequenceException;
import rankine.engine.serving.SequenceEvent;
import rankine.engine.serving.SequenceEvent.SequenceEnded;
import rankine.engine.serving.SequenceEvent.SequenceFailed;
import rankine.engine.serving.SequenceRequest;

/** Submits the prompts of one HTTP request and passes on what happens, until the last has ended. */
final class AnswerRun {
  /** How often a client that waits hears something, so that one that has gone is noticed. */
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private AnswerRun() {}

  /** Writes an answer. */
  interface AnswerWriter {
    /** Receives an event of the prompt {@code index}. */
    void event(int index, SequenceEvent event) throws IOException;

    /** Shows the client that the server is at work; fails if the client has gone. */
    void waiting() throws IOException;
  }

  private record IndexedEvent(int index, SequenceEvent event) {}

  /**
   * Runs requests. If the client goes, or anything else fails, none of them runs on.
   *
   * @param most how long they may take
   * @throws ApiException if the scheduler does not take them, one fails, or the time is over
   */
  static void run(
      BatchScheduler scheduler, List<SequenceRequest> requests, Duration most, AnswerWriter writer)
      throws IOException {
    BlockingQueue<IndexedEvent> events = new LinkedBlockingQueue<>();
    long start = System.nanoTime();
    Submission submission = submit(scheduler, requests, events);
    try {
      int left = requests.size();
      long heard = start;
      while (left > 0) {
        IndexedEvent next = events.poll(HEARTBEAT_NANOS, TimeUnit.NANOSECONDS);
        long now = System.nanoTime();
        if (now - start > most.toNanos()) {
          throw ApiException.timedOut(most.toSeconds());
        }
        if (now - heard >= HEARTBEAT_NANOS) {
          writer.waiting();
          heard = now;
        }
        if (next != null) {
          switch (next.event) {
            case SequenceFailed(Throwable cause) -> throw failure(cause);
            case SequenceEnded _ -> left--;
            default -> {}
          }
          writer.event(next.index, next.event);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.closing();
    } finally {
      submission.cancel();
    }
  }

  private static Submission submit(
      BatchScheduler scheduler,
      List<SequenceRequest> requests,
      BlockingQueue<IndexedEvent> events) {
    try {
      return scheduler.submit(
          requests, (index, event) -> events.add(new IndexedEvent(index, event)));
    } catch (RejectedSequenceException e) {
      throw rejected(e);
    } catch (ModelException e) {
      throw ApiException.invalid("prompt", e.getMessage());
    }
  }

  private static ApiException rejected(RejectedSequenceException e) {
    return switch (e.reason()) {
      case QUEUE_FULL -> ApiException.busy(e.getMessage());
      case CLOSING -> ApiException.closing();
    };
  }

  private static ApiException failure(Throwable cause) {
    return switch (cause) {
      case RejectedSequenceException e -> rejected(e);
      case RankineException e -> ApiException.failed(e.getMessage());
      case RuntimeException e -> throw e; // a defect
      case OutOfMemoryError _ -> ApiException.failed("memory: expected a larger heap");
      default -> ApiException.failed("internal error");
    };
  }
}
