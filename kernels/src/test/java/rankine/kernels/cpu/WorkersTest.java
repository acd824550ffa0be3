package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkersTest {
  @Test
  @Timeout(20)
  void aFailedIterationFailsTheLoopAndNoLaterOne() {
    try (Workers workers = new Workers(3)) {
      for (int failing = 0; failing < 50; failing++) {
        int bad = failing;
        InternalError thrown = new InternalError("of index " + bad);
        assertEquals(
            thrown,
            assertThrows(
                InternalError.class,
                () ->
                    workers.run(
                        50,
                        (worker, index) -> {
                          if (index == bad) {
                            throw thrown;
                          }
                        })));
        AtomicInteger ran = new AtomicInteger();
        workers.run(50, (worker, index) -> ran.incrementAndGet());
        assertEquals(50, ran.get());
      }
    }
  }
}
