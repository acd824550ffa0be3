package rankine.engine.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven by the WebDriver protocol (W3C) through chromedriver. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PORT = Pattern.compile("on port ([0-9]+)");
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Process driver;
  private final String base;
  private String session;

  private Browser(Process driver, int port) {
    this.driver = driver;
    this.base = "http://127.0.0.1:" + port + "/session";
  }

  /** Returns the first of these programs on the PATH. */
  static Optional<Path> program(String... names) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(names)
        .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(f -> Path.of(f, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts both programs, the browser with {@code profile}, an empty folder. */
  static Browser start(Path chromedriver, Path chromium, Path profile) throws IOException {
    Process driver =
        new ProcessBuilder(chromedriver.toString(), "--port=0").redirectErrorStream(true).start();
    Browser browser = null;
    try {
      browser = new Browser(driver, port(driver));
      browser.open(chromium, profile);
      return browser;
    } catch (IOException | RuntimeException e) {
      driver.destroy();
      throw e;
    }
  }

  private static int port(Process driver) throws IOException {
    BufferedReader output = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher port = PORT.matcher(line);
      if (line.contains("started successfully") && port.find()) {
        return Integer.parseInt(port.group(1));
      }
    }
    throw new IOException("chromedriver: expected the port it listens on, found nothing");
  }

  private void open(Path chromium, Path profile) throws IOException {
    ObjectNode capabilities = JsonNodeFactory.instance.objectNode();
    ObjectNode required = capabilities.putObject("capabilities").putObject("alwaysMatch");
    required.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
    ObjectNode options =
        required.putObject("goog:chromeOptions").put("binary", chromium.toString());
    ArrayNode args = options.putArray("args");
    List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + profile)
        .forEach(args::add);
    session = base + "/" + post(base, capabilities).get("sessionId").textValue();
  }

  /** Loads a file and waits until it is loaded. */
  void load(Path file) throws IOException {
    post(session + "/url", object().put("url", file.toUri().toString()));
    // The driver may answer while the first page is still being parsed: the page itself says when.
    ObjectNode loaded =
        object()
            .put(
                "script",
                "const done = arguments[0]; document.readyState === 'complete' ? done()"
                    + " : window.addEventListener('load', () => done())");
    loaded.putArray("args");
    post(session + "/execute/async", loaded);
  }

  /** Returns the result of a script's {@code return}. */
  JsonNode run(String script) throws IOException {
    ObjectNode body = object().put("script", script);
    body.putArray("args");
    return post(session + "/execute/sync", body);
  }

  /** Presses keys, one after the other, at the focused element. */
  void press(String... keys) throws IOException {
    ObjectNode body = object();
    ObjectNode keyboard = body.putArray("actions").addObject();
    ArrayNode actions = keyboard.put("type", "key").put("id", "keyboard").putArray("actions");
    for (String key : keys) {
      actions.addObject().put("type", "keyDown").put("value", key);
      actions.addObject().put("type", "keyUp").put("value", key);
    }
    post(session + "/actions", body);
  }

  /** Emulates a colour scheme and a medium. */
  void emulate(String scheme, String medium) throws IOException {
    ObjectNode parameters = object().put("media", medium);
    parameters
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", scheme);
    protocol("Emulation.setEmulatedMedia", parameters);
  }

  /** Sets the size of the window, in CSS pixels. */
  void resize(int width, int height) throws IOException {
    protocol(
        "Emulation.setDeviceMetricsOverride",
        object()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  private void protocol(String command, ObjectNode parameters) throws IOException {
    ObjectNode body = object().put("cmd", command);
    body.set("params", parameters);
    post(session + "/goog/cdp/execute", body);
  }

  /** Returns a log's messages since the last call. */
  List<String> log(String type) throws IOException {
    JsonNode entries = post(session + "/se/log", object().put("type", type));
    return entries.valueStream().map(entry -> entry.get("message").textValue()).toList();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static JsonNode post(String address, ObjectNode body) throws IOException {
    return send("POST", address, body.toString());
  }

  /** Uses java.base's client: the engine's module reads no other. */
  private static JsonNode send(String method, String address, String body) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Content-Type", "application/json");
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
    }
    boolean ok = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    try (InputStream in = ok ? connection.getInputStream() : connection.getErrorStream()) {
      JsonNode value = JSON.readTree(in).path("value");
      if (!ok) {
        throw new IOException("WebDriver: " + value.path("message").asText());
      }
      return value;
    }
  }

  /** Ends the browser, then its driver. */
  @Override
  public void close() {
    try {
      send("DELETE", session, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      driver.destroy();
    }
  }
}
