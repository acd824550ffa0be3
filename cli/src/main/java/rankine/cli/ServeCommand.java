package rankine.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.cli.serve.ApiServer;
import rankine.cli.serve.ApiServer.ServerOptions;
import rankine.common.RunException;
import rankine.common.io.Shown;
import rankine.common.io.ShutdownCleanup;
import rankine.engine.edit.EditPlan;
import rankine.engine.run.LoadedModel;
import rankine.engine.serving.BatchScheduler;
import rankine.engine.serving.ServingOptions;

/** {@code serve}: an HTTP server with OpenAI's protocol, until a signal ends it. */
@Command(
    name = "serve",
    sortOptions = false,
    customSynopsis = {
      "rankine serve --model=DIR [--host=HOST] [--port=PORT] [--parallel=N]",
      "      [--edit=LAYER:MODULE:RATE]... [OPTIONS]"
    },
    description = {
      "Serve a model over HTTP, with OpenAI's protocol.",
      "/v1/completions (text or ids, one or a list; stream, logprobs, echo), /v1/chat/completions (by"
          + " the folder's chat_template), /v1/models, /tokenize, /detokenize, /tokenizer_info, /health,"
          + " /metrics. Requests are batched as they come; an answer is the same, to the bit, alone and"
          + " in company. SIGINT and SIGTERM finish what runs, for a minute at most."
    })
final class ServeCommand implements Callable<Integer> {
  private static final Duration DRAIN = Duration.ofMinutes(1);

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder; its name is the model's name in requests.")
  Path model;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Address to listen at; 0.0.0.0 is every network of this machine (default:"
              + " ${DEFAULT-VALUE}, this machine only).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      converter = RangeConverters.Port.class,
      paramLabel = "PORT",
      description = "Port to listen at; 0 is any that is free (default: ${DEFAULT-VALUE}).")
  int port = 8080;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description =
          "Answer only requests with one of the keys in this file, one a line, of visible ASCII"
              + " (lines that begin with # are comments), in the header Authorization: Bearer KEY;"
              + " /health needs none (default: answer everybody).")
  Path keyFile;

  @Option(
      names = "--parallel",
      converter = RangeConverters.Parallel.class,
      paramLabel = "N",
      description = "Most prompts that run at a time; others wait (default: ${DEFAULT-VALUE}).")
  int parallel = 8;

  @Option(
      names = "--context",
      converter = RangeConverters.Positive.class,
      paramLabel = "N",
      description =
          "Most tokens of a prompt and its continuation (default: the model's limit, halved until"
              + " --parallel such sequences fit half of the Java heap).")
  Integer context;

  @Option(
      names = "--queue",
      converter = RangeConverters.Natural.class,
      paramLabel = "N",
      description =
          "A request gets status 429 while N prompts wait; one that finds fewer is taken whole, with"
              + " all its prompts (default: ${DEFAULT-VALUE}).")
  int queue = 256;

  @Option(
      names = "--prefix-cache",
      converter = RangeConverters.Natural.class,
      paramLabel = "MIB",
      description =
          "Memory for sequences that are done, in MiB: a prompt that begins as one does computes"
              + " only the rest; 0 keeps none (default: 256, or an eighth of the Java heap).")
  Integer prefixCache;

  @Option(
      names = "--timeout",
      converter = RangeConverters.Seconds.class,
      paramLabel = "S",
      description = "Most seconds for an answer, then status 504 (default: ${DEFAULT-VALUE}).")
  int timeout = 600;

  @Mixin EditOptions edit;

  @Mixin CacheOptions cache;

  @Mixin CommonOptions common;

  @Override
  public Integer call() throws IOException, InterruptedException {
    EditPlan requested = edit.plan();
    ServingOptions serving =
        new ServingOptions(
            parallel,
            context == null ? OptionalInt.empty() : OptionalInt.of(context),
            queue,
            prefixCache == null ? OptionalLong.empty() : OptionalLong.of((long) prefixCache << 20));
    ServerOptions options =
        new ServerOptions(address(), keys(), Duration.ofSeconds(timeout), !common.copyWeights);
    configureHttp();
    try (LoadedModel loaded = common.open(model, cache.cache(common))) {
      EditPlan plan = edit.fitted(loaded, requested, common);
      LoadedModel edited = edit.applied(loaded, plan, common);
      try (BatchScheduler scheduler = new BatchScheduler(edited, serving);
          ApiServer server = start(edited, scheduler, options);
          ShutdownCleanup _ = ShutdownCleanup.of(() -> server.drain(DRAIN))) {
        announce(edited, scheduler, server);
        scheduler.ended().get();
      } catch (ExecutionException e) {
        throw new RunException("serve: cannot go on: " + Failures.describe(e.getCause()), e);
      }
    }
    return 0;
  }

  private InetSocketAddress address() {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new UsageException("--host: expected an address, found '" + Shown.brief(host) + "'");
    }
  }

  private List<String> keys() {
    if (keyFile == null) {
      return List.of();
    }
    try {
      List<String> keys = new ArrayList<>();
      List<String> lines = Files.readAllLines(keyFile);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).strip();
        if (!line.isEmpty() && !line.startsWith("#")) {
          keys.add(key(line, i + 1));
        }
      }
      if (keys.isEmpty()) {
        throw new RunException(Shown.path(keyFile) + ": expected a key in a line, found none");
      }
      return keys;
    } catch (IOException e) {
      throw new RunException(
          Shown.path(keyFile) + ": expected a file of keys, found " + Shown.reason(e), e);
    }
  }

  /** Returns a key that every client can send: the bytes of a header are those of ASCII. */
  private String key(String line, int number) {
    if (!line.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new RunException(
          "%s: line %d: expected a key of visible ASCII characters without spaces, found others"
              .formatted(Shown.path(keyFile), number));
    }
    return line;
  }

  /** Sets what the JDK's server reads from properties only. */
  private void configureHttp() {
    // Without it, each event of a stream waits 40 ms for the acknowledgement of the one before.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "60"); // seconds for a request to arrive
    // Seconds for an answer and its way: a client that does not read it loses the connection.
    System.setProperty("sun.net.httpserver.maxRspTime", Integer.toString(timeout + 60));
    System.setProperty("jdk.httpserver.maxConnections", "1024");
  }

  private ApiServer start(LoadedModel loaded, BatchScheduler scheduler, ServerOptions options) {
    try {
      return ApiServer.start(loaded, name(), scheduler, options, this::report);
    } catch (IOException e) {
      throw new RunException(
          "serve: %s:%d: cannot listen: %s".formatted(Shown.brief(host), port, Shown.reason(e)), e);
    }
  }

  private String name() {
    return model.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Prints a failure that is not the client's. */
  private void report(Throwable defect) {
    System.err.println("rankine: serve: " + Failures.describe(defect));
    if (common.verbose) {
      defect.printStackTrace();
    }
  }

  private void announce(LoadedModel loaded, BatchScheduler scheduler, ApiServer server) {
    String address = server.address().getAddress().getHostAddress();
    String url =
        (address.contains(":") ? "http://[%s]:%d" : "http://%s:%d")
            .formatted(address, server.address().getPort());
    if (common.json()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("url", url)
          .put("model", name())
          .put("context", scheduler.contextLength())
          .put("parallel", parallel)
          .put("backend", loaded.backend().backend().name());
      StandardOutput.document(json);
    } else {
      StandardOutput.stdout()
          .printf(
              "%s at %s/v1, %d at a time, %d tokens each%n",
              Shown.name(name()), url, parallel, scheduler.contextLength());
    }
    int limit = loaded.model().config().contextLength();
    if (context == null && scheduler.contextLength() < limit) {
      common.remark(
          "context: %,d of the model's %,d tokens fit %d times in half of the Java heap (--context, --parallel, RANKINE_HEAP)"
              .formatted(scheduler.contextLength(), limit, parallel));
    }
    if (!server.address().getAddress().isLoopbackAddress() && keyFile == null) {
      common.remark(
          "--host " + host + " without --api-key-file: everybody who reaches it can use it");
    }
  }
}
