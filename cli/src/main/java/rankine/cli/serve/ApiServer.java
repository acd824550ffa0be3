package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import rankine.common.RankineException;
import rankine.common.RunException;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.TokenTexts;
import rankine.engine.serving.BatchScheduler;

/** The server: routes, keys, failures. Each request has a virtual thread. */
public final class ApiServer implements AutoCloseable {
  /** Connections that wait for the server to accept them. */
  private static final int BACKLOG = 128;

  /** How long a body waits for others; a request must arrive within a minute. */
  private static final Duration BODY_WAIT = Duration.ofSeconds(5);

  private static final String MODELS = "/v1/models";
  private static final String GET = "GET";
  private static final String POST = "POST";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final BatchScheduler scheduler;
  private final ServedModel model;
  private final TokenTexts texts;
  private final ApiKeys keys;
  private final Duration most;
  private final Consumer<Throwable> defects;
  private final ServerMetrics metrics = new ServerMetrics();
  private final BodyBudget budget = new BodyBudget(Runtime.getRuntime().maxMemory(), BODY_WAIT);
  private final AtomicInteger active = new AtomicInteger();
  private volatile boolean draining;

  private final Map<String, Route> routes =
      Map.ofEntries(
          Map.entry("/health", new Route(GET, true, ApiServer::health)),
          Map.entry(MODELS, new Route(GET, false, ApiServer::models)),
          Map.entry("/v1/completions", new Route(POST, false, ApiServer::completions)),
          Map.entry("/v1/chat/completions", new Route(POST, false, ApiServer::chat)),
          Map.entry("/tokenize", new Route(POST, false, ApiServer::tokenize)),
          Map.entry("/detokenize", new Route(POST, false, ApiServer::detokenize)),
          Map.entry("/tokenizer_info", new Route(GET, false, ApiServer::tokenizerInfo)),
          Map.entry("/metrics", new Route(GET, false, ApiServer::metrics)));

  /** Answers a request. */
  @FunctionalInterface
  private interface Endpoint {
    void answer(ApiServer server, ApiExchange exchange) throws IOException;
  }

  /**
   * @param open whether it needs no key
   */
  private record Route(String method, boolean open, Endpoint endpoint) {
    boolean takes(String found) {
      return found.equals(method) || (method.equals(GET) && found.equals("HEAD"));
    }

    String allowed() {
      return method.equals(GET) ? "GET, HEAD" : method;
    }
  }

  /**
   * Where a server listens, and whom it answers.
   *
   * @param address with port 0, a free one is taken
   * @param keys empty: everybody
   * @param most how long an answer may take
   * @param mapped whether the weights are in mapped files: the server ends if they change
   */
  public record ServerOptions(
      InetSocketAddress address, List<String> keys, Duration most, boolean mapped) {
    /** Copies the list. */
    public ServerOptions {
      keys = List.copyOf(keys);
    }
  }

  private ApiServer(
      HttpServer server,
      LoadedModel loaded,
      String name,
      BatchScheduler scheduler,
      ServerOptions options,
      Consumer<Throwable> defects) {
    this.server = server;
    this.scheduler = scheduler;
    this.model =
        new ServedModel(loaded, name, Instant.now().getEpochSecond(), scheduler, options.mapped);
    this.texts = new TokenTexts(loaded);
    this.keys = new ApiKeys(options.keys);
    this.most = options.most;
    this.defects = defects;
  }

  /**
   * Starts a server.
   *
   * @param name of the model in requests and answers
   * @param scheduler of {@code loaded}; the caller closes it after the server
   * @param defects receives failures that are not the client's
   * @throws IOException if the address cannot be used
   */
  public static ApiServer start(
      LoadedModel loaded,
      String name,
      BatchScheduler scheduler,
      ServerOptions options,
      Consumer<Throwable> defects)
      throws IOException {
    HttpThreads httpThreads = new HttpThreads(scheduler::abort);
    HttpServer http = httpThreads.create(options.address, BACKLOG);
    ApiServer server = new ApiServer(http, loaded, name, scheduler, options, defects);
    http.setExecutor(server.threads);
    http.createContext("/", server::handle);
    httpThreads.run(http::start);
    return server;
  }

  /** Returns where the server listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange http) {
    long start = System.nanoTime();
    ApiExchange exchange = new ApiExchange(http, budget);
    active.incrementAndGet();
    try {
      answer(exchange);
    } catch (IOException e) {
      // The client has gone; what it asked for was cancelled.
    } finally {
      metrics.answered(exchange.status(), System.nanoTime() - start);
      exchange.close();
      active.decrementAndGet();
    }
  }

  private void answer(ApiExchange exchange) throws IOException {
    try {
      route(exchange).endpoint.answer(this, exchange);
    } catch (ApiException e) {
      if (e.status() == 413) {
        exchange.addHeader("Connection", "close"); // the rest of the body may not be read
      }
      exchange.releaseBody();
      exchange.fail(e);
      exchange.discardBody();
    } catch (RankineException e) {
      defects.accept(e);
      exchange.fail(ApiException.failed(e.getMessage()));
    } catch (OutOfMemoryError e) {
      RunException failure =
          new RunException(
              "request: expected one that fits the free heap (RANKINE_HEAP sets its limit), found"
                  + " that it does not",
              e);
      defects.accept(failure);
      exchange.fail(ApiException.failed(failure.getMessage()));
    } catch (RuntimeException | Error e) {
      defects.accept(e);
      exchange.fail(ApiException.failed("internal error"));
    }
  }

  private Route route(ApiExchange exchange) {
    boolean one = exchange.path().startsWith(MODELS + "/");
    Route route = routes.get(one ? MODELS : exchange.path());
    if (route == null) {
      throw ApiException.unknownPath(exchange.path());
    }
    if (!route.open && !keys.accept(exchange.header("Authorization"))) {
      exchange.addHeader("WWW-Authenticate", "Bearer");
      throw ApiException.unauthorized();
    }
    if (!route.takes(exchange.method())) {
      exchange.addHeader("Allow", route.allowed());
      throw ApiException.wrongMethod(route.method, exchange.method());
    }
    return route;
  }

  private void health(ApiExchange exchange) throws IOException {
    if (draining || scheduler.ended().isDone()) {
      throw ApiException.closing();
    }
    exchange.send(200, JsonNodeFactory.instance.objectNode().put("status", "ok"));
  }

  private void models(ApiExchange exchange) throws IOException {
    boolean all = exchange.path().equals(MODELS);
    if (!all) {
      model.require(Optional.of(exchange.path().substring(MODELS.length() + 1)));
    }
    ObjectNode one = JsonNodeFactory.instance.objectNode();
    one.put("id", model.name())
        .put("object", "model")
        .put("created", model.created())
        .put("owned_by", "rankine")
        .put("max_model_len", scheduler.contextLength());
    ArrayNode edits = one.putArray("edits");
    model.loaded().edits().edits().forEach(edit -> edits.add(edit.toString()));
    if (all) {
      ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
      list.putArray("data").add(one);
      exchange.send(200, list);
    } else {
      exchange.send(200, one);
    }
  }

  private void completions(ApiExchange exchange) throws IOException {
    CompletionRequest request = CompletionRequest.parse(exchange.body());
    model.require(request.model());
    CompletionAnswer answer = new CompletionAnswer(model, texts, request, exchange);
    exchange.releaseBody();
    answer.run(most);
  }

  private void chat(ApiExchange exchange) throws IOException {
    ChatRequest request = ChatRequest.parse(exchange.body());
    model.require(request.model());
    ChatAnswer answer = new ChatAnswer(model, texts, request, exchange);
    exchange.releaseBody();
    answer.run(most);
  }

  private void tokenize(ApiExchange exchange) throws IOException {
    exchange.send(200, TokenizerAnswers.tokenize(model, exchange.body()));
  }

  private void detokenize(ApiExchange exchange) throws IOException {
    exchange.send(200, TokenizerAnswers.detokenize(model, exchange.body()));
  }

  private void tokenizerInfo(ApiExchange exchange) throws IOException {
    exchange.send(200, TokenizerAnswers.info(model));
  }

  private void metrics(ApiExchange exchange) throws IOException {
    exchange.sendText(ServerMetrics.CONTENT_TYPE, metrics.text(scheduler.statistics()));
  }

  /**
   * Takes no more requests, and waits until those that it has are answered; at most for so long.
   */
  public void drain(Duration limit) {
    draining = true;
    long end = System.nanoTime() + limit.toNanos();
    scheduler.drain(limit);
    while (active.get() > 0 && System.nanoTime() < end) {
      try {
        Thread.sleep(5); // an answer that is being written
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void close() {
    server.stop(1); // seconds for answers that are being written
    threads.close();
  }
}
