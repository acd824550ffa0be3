package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rankine.common.RunException;

/** A failed group: what it and others have finished is kept. */
@Tag("spark")
class FailedReplyTest {
  @Test
  void repliesThatAreBackAreReceivedBeforeTheFailureIsThrown() {
    BlockingQueue<ExecutorCluster.JobEvent<GroupReply>> events = new LinkedBlockingQueue<>();
    events.add(event(new GroupReply("1", 7, List.of("a"), "disk full")));
    events.add(event(new GroupReply("2", 8, List.of("b", "c"), "")));
    List<String> stored = new ArrayList<>();
    RunException failure =
        assertThrows(
            RunException.class,
            () ->
                ExecutorCluster.receive(
                    events, _ -> {}, (reply, _) -> stored.addAll(reply.lines())));
    assertEquals("executor 1: disk full", failure.getMessage());
    assertEquals(List.of("a", "b", "c"), stored);
  }

  private static ExecutorCluster.JobEvent<GroupReply> event(GroupReply reply) {
    return new ExecutorCluster.JobEvent.Reply<>(reply, 0);
  }

  @Test
  void aFailedGroupRepliesWithItsLines() {
    GroupReply reply =
        GroupReply.of(
            "1",
            7,
            line -> {
              line.accept("a");
              throw new RunException("disk full");
            });
    assertEquals(new GroupReply("1", 7, List.of("a"), "disk full"), reply);
  }
}
