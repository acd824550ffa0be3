package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that share a tokenizer get the ids of a single-threaded one. */
class ThreadsTest {
  @ParameterizedTest
  @ValueSource(strings = {Fixtures.GPT2, Fixtures.LLAMA2_LIKE, Fixtures.QWEN3})
  void manyThreadsGetTheSameIds(String folder) throws Exception {
    Tokenizer singleThreaded = Tokenizers.load(Fixtures.folder(folder));
    Random random = new Random(5);
    List<String> texts = new ArrayList<>();
    List<int[]> expected = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String text = RandomText.next(random) + " " + RandomText.next(random);
      texts.add(text);
      expected.add(singleThreaded.encode(text));
    }
    // A fresh tokenizer, so that all threads fill its cache concurrently.
    Tokenizer shared = Tokenizers.load(Fixtures.folder(folder));
    int threads = 8;
    CountDownLatch ready = new CountDownLatch(threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<List<int[]>>> results = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Callable<List<int[]>> all =
            () -> {
              ready.countDown();
              ready.await();
              return texts.stream().map(shared::encode).toList();
            };
        results.add(pool.submit(all));
      }
      for (Future<List<int[]>> result : results) {
        List<int[]> ids = result.get();
        for (int i = 0; i < texts.size(); i++) {
          assertArrayEquals(expected.get(i), ids.get(i), texts.get(i));
        }
      }
    }
  }
}
