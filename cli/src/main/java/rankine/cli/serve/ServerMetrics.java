package rankine.cli.serve;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import rankine.engine.serving.ServingStatistics;

/**
 * Counts requests and writes the numbers of a server in Prometheus' text format, version 0.0.4. A
 * dozen numbers without labels that need escaping are a few lines here; a library would put six
 * jars on the class path of every command.
 */
final class ServerMetrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
  private final LongAdder nanos = new LongAdder();

  /** Counts an answer; status 0 is a client that has gone. */
  void answered(int status, long took) {
    answers.computeIfAbsent(status, _ -> new LongAdder()).increment();
    nanos.add(took);
  }

  /** Returns the text. */
  String text(ServingStatistics s) {
    StringBuilder out = new StringBuilder();
    add(out, "requests_running", "gauge", "Sequences that run.", s.running());
    add(out, "requests_waiting", "gauge", "Sequences that wait.", s.waiting());
    add(out, "prompt_tokens_total", "counter", "Tokens of prompts computed.", s.promptTokens());
    add(
        out,
        "prompt_tokens_cached_total",
        "counter",
        "Tokens of prompts known from earlier requests.",
        s.cachedTokens());
    add(out, "generated_tokens_total", "counter", "New tokens.", s.generatedTokens());
    add(out, "batches_total", "counter", "Batches run.", s.steps());
    add(out, "prefix_cache_sequences", "gauge", "Sequences kept.", s.keptSequences());
    add(out, "prefix_cache_bytes", "gauge", "Bytes of their keys and values.", s.keptBytes());
    head(out, "http_requests_total", "counter", "Answers by status; 0: the client had gone.");
    long count = 0;
    for (Map.Entry<Integer, LongAdder> entry : new TreeMap<>(answers).entrySet()) {
      long sum = entry.getValue().sum();
      count += sum;
      out.append("rankine_http_requests_total{status=\"%d\"} %d\n".formatted(entry.getKey(), sum));
    }
    head(out, "http_request_seconds", "summary", "Time from a request to the end of its answer.");
    out.append("rankine_http_request_seconds_sum ").append(nanos.sum() * 1e-9).append('\n');
    out.append("rankine_http_request_seconds_count ").append(count).append('\n');
    return out.toString();
  }

  private static void add(StringBuilder out, String name, String type, String help, long value) {
    head(out, name, type, help);
    out.append("rankine_").append(name).append(' ').append(value).append('\n');
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP rankine_%s %s\n# TYPE rankine_%s %s\n".formatted(name, help, name, type));
  }
}
