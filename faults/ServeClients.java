import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The clients of faults/serve. {@code record URL FILE} writes the answers of an undisturbed server;
 * {@code disturb URL FILE SECONDS SEED} asks the same for so long, or until the server has gone,
 * beside clients that misbehave, and prints what it found: {@code count NAME N}, {@code lost START
 * END} (milliseconds of a request that was cut off), {@code violation TEXT}.
 */
final class ServeClients {
  private static final int HONEST = 6;
  private static final int BAD = 4;
  private static final int BODY_LIMIT = 16 << 20;

  /**
   * What honest clients ask: texts and ids, streams, sampling, log-probabilities, several prompts.
   */
  private static final List<String> QUESTIONS =
      List.of(
          "{\"prompt\":[5,9,2],\"max_tokens\":60,\"temperature\":0}",
          "{\"prompt\":\"the matter remained\",\"max_tokens\":200,\"temperature\":0,\"stream\":true}",
          "{\"prompt\":[7],\"max_tokens\":120,\"temperature\":1.2,\"seed\":7,\"logprobs\":2,\"stream\":true}",
          "{\"prompt\":\"text: item became never hilarious\",\"max_tokens\":0,\"echo\":true,\"logprobs\":3}",
          "{\"prompt\":[\"a cup\",\"lately this delightful\"],\"max_tokens\":40,\"temperature\":0.8,\"seed\":3}",
          "{\"prompt\":[1,2,3],\"max_tokens\":480,\"temperature\":1,\"seed\":11,\"stream\":true}");

  private static final List<String> MALFORMED =
      List.of(
          "",
          "{",
          "nul",
          "[]",
          "{\"prompt\":",
          "{\"prompt\":{\"a\":1}}",
          "{\"prompt\":[-1],\"max_tokens\":1}",
          "{\"prompt\":[1],\"max_tokens\":1e300}",
          "{\"prompt\":[1],\"max_tokens\":1,\"n\":9}",
          "{\"prompt\":[1],\"prompt\":[2]}",
          "[".repeat(100_000),
          "{\"prompt\":\"\\ud800\",\"max_tokens\":1",
          "\u0000\u0001");

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI url;
  private final List<String> expected;
  private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
  private final long end;
  private volatile boolean gone;

  private ServeClients(URI url, List<String> expected, long end) {
    this.url = url;
    this.expected = expected;
    this.end = end;
  }

  public static void main(String[] args) throws Exception {
    URI url = URI.create(args[1]);
    Path file = Path.of(args[2]);
    if (args[0].equals("record")) {
      ServeClients clients = new ServeClients(url, List.of(), 0);
      List<String> answers = new ArrayList<>();
      for (String question : QUESTIONS) {
        answers.add(clients.comparable(clients.ask(question).body()));
      }
      Files.write(file, answers);
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[3]));
    ServeClients clients = new ServeClients(url, Files.readAllLines(file), end);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < HONEST + BAD; i++) {
      Random random = new Random(Long.parseLong(args[4]) * 100 + i);
      boolean honest = i < HONEST;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                if (honest) {
                  clients.beHonest(random);
                } else {
                  clients.misbehave(random);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    clients.counts.forEach((name, count) -> System.out.println("count " + name + " " + count));
    System.exit(0); // connections that are left
  }

  private void count(String name) {
    counts.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
  }

  private static void violation(String text) {
    System.out.println(
        "violation " + text.substring(0, Math.min(300, text.length())).replace('\n', ' '));
  }

  private boolean goesOn() {
    return !gone && System.nanoTime() < end;
  }

  private HttpResponse<String> ask(String question)
      throws IOException, InterruptedException, TimeoutException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/v1/completions"))
            .POST(HttpRequest.BodyPublishers.ofString(question))
            .build();
    try {
      return client
          .sendAsync(request, HttpResponse.BodyHandlers.ofString())
          .get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /** Without what differs from one answer to the next, in one line. */
  private String comparable(String body) {
    return body.lines()
        .filter(line -> !line.equals(": waiting"))
        .map(
            line ->
                line.strip()
                    .replaceAll("\"id\":\"[^\"]*\",|\"created\":[0-9]+,", "")
                    .replaceAll(",\"usage\":\\{.*\\}(?=\\}$)", ""))
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private void beHonest(Random random) {
    while (goesOn()) {
      int which = random.nextInt(QUESTIONS.size());
      long start = System.currentTimeMillis();
      try {
        check(which, start, ask(QUESTIONS.get(which)));
      } catch (ConnectException e) {
        gone = true; // it does not listen any more
      } catch (TimeoutException e) {
        violation("no answer within a minute: " + QUESTIONS.get(which));
      } catch (IOException e) {
        lost(start);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void check(int which, long start, HttpResponse<String> answer)
      throws InterruptedException {
    String body = answer.body();
    boolean error = body.contains("\"error\":{");
    if (answer.statusCode() != 200) {
      count("status " + answer.statusCode());
      if (!error) {
        violation("status " + answer.statusCode() + " without an error: " + body);
      }
      Thread.sleep(50); // it ends, or is full
    } else if (error) {
      count("status 200 with an error");
    } else if (body.startsWith("data:") && !body.contains("data: [DONE]")) {
      lost(start);
    } else if (comparable(body).equals(expected.get(which))) {
      count("right answers");
    } else {
      violation("another answer to " + QUESTIONS.get(which) + ": " + comparable(body));
    }
  }

  private void lost(long start) {
    count("cut off");
    System.out.println("lost " + start + " " + System.currentTimeMillis());
  }

  private void misbehave(Random random) {
    while (goesOn()) {
      int kind = random.nextInt(9);
      try {
        switch (kind) {
          case 0 -> hangUp(random, stream(), random.nextInt(20_000));
          case 1 -> hangUp(random, body("{\"prompt\":[1],\"max_tokens\":480}"), 0);
          case 2 -> malformed(MALFORMED.get(random.nextInt(MALFORMED.size())));
          case 3 -> oversized();
          case 4 -> hangUp(random, garbage(random), 100);
          case 5 -> silent(random, "POST /v1/completions HTTP/1.1\r\nHost: x\r\nX-Slow: ");
          case 6 -> silent(random, head(1000) + "{\"prompt\":[1],");
          case 7 -> refusedHeaders(random);
          default -> silent(random, new String(stream(), StandardCharsets.UTF_8)); // reads nothing
        }
        count("bad clients");
      } catch (ConnectException e) {
        return;
      } catch (IOException e) {
        count("bad clients that were cut off");
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Socket socket() throws IOException {
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static String head(long length) {
    return "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static byte[] body(String json) {
    return (head(json.length()) + json).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] stream() {
    return body("{\"prompt\":[1],\"max_tokens\":480,\"stream\":true}");
  }

  private static byte[] garbage(Random random) {
    byte[] bytes = new byte[random.nextInt(3000)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Reads a part of the answer, and resets the connection. */
  private void hangUp(Random random, byte[] request, int read) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request);
      socket.setSoTimeout(2000);
      try {
        socket.getInputStream().readNBytes(read);
      } catch (java.net.SocketTimeoutException e) {
        count("bad clients that waited in vain"); // for an answer to what is no request
      }
      if (random.nextBoolean()) {
        socket.setSoLinger(true, 0);
      }
    }
  }

  private void malformed(String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/v1/completions"))
            .timeout(Duration.ofMinutes(1))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 400 && answer.statusCode() != 503) {
      violation("status " + answer.statusCode() + " for " + body);
    }
  }

  /** Says that its body is too large, or sends a large one without saying so. */
  private void oversized() throws IOException {
    try (Socket socket = socket()) {
      OutputStream out = socket.getOutputStream();
      out.write(head(BODY_LIMIT + 1L).getBytes(StandardCharsets.UTF_8));
      out.write(new byte[1000]);
      InputStream in = socket.getInputStream();
      String status = new String(in.readNBytes(12), StandardCharsets.UTF_8);
      if (!status.equals("HTTP/1.1 413") && !status.equals("HTTP/1.1 503") && !status.isEmpty()) {
        violation(status + " for a body that is too large");
      }
    }
  }

  private void refusedHeaders(Random random) throws IOException {
    List<String> requests =
        List.of(
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
            "GET / HTTP/9\r\n\r\n",
            "DELETE /v1/completions HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(5000) + "\r\n");
    hangUp(
        random, requests.get(random.nextInt(requests.size())).getBytes(StandardCharsets.UTF_8), 12);
  }

  /** Sends a part of a request, or reads nothing of the answer, and waits. */
  private void silent(Random random, String request) throws IOException, InterruptedException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      Thread.sleep(random.nextInt(2000));
    }
  }
}
