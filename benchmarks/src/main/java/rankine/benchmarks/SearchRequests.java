package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/** Search requests to the workers: a shared prefix of random tokens, and random queries. */
final class SearchRequests {
  /** Tokens of the demonstrations, the shared prefix. */
  static final int DEMONSTRATIONS = 400;

  /** Default number of queries. */
  static final int QUERIES = 40;

  /** Tokens of a query. */
  static final int QUERY = 40;

  /** The pruning rates of the paper, arXiv 2406.03768. */
  static final List<Double> RATES = List.of(0.0, 0.1, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995);

  static final List<Integer> LABELS = List.of(1234, 4321);

  private SearchRequests() {}

  /** A request to the rival, with one layer and module. */
  static ObjectNode forTorch(int layer, String module) {
    return shared(QUERIES, RATES).put("layer", layer).put("module", module);
  }

  /** A request to Rankine, with several layers and modules. */
  static ObjectNode forRankine(List<Integer> layers, List<String> modules) {
    return forRankine(layers, modules, QUERIES, RATES);
  }

  static ObjectNode forRankine(
      List<Integer> layers, List<String> modules, int queries, List<Double> rates) {
    return withTargets(shared(queries, rates), layers, modules);
  }

  /** A request for the plain model only, with every prompt whole: no shared prefix. */
  static ObjectNode whole(int queries) {
    ObjectNode request = shared(queries, List.of(0.0));
    int[] prefix = Worker.ints(request.get("prefix"));
    ArrayNode prompts = Worker.JSON.createArrayNode();
    for (int q = 0; q < queries; q++) {
      ArrayNode prompt = prompts.addArray();
      Arrays.stream(prefix).forEach(prompt::add);
      request.get("queries").get(q).forEach(prompt::add);
    }
    request.set("queries", prompts);
    request.putArray("prefix");
    return withTargets(request, List.of(0), List.of("mlp"));
  }

  private static ObjectNode withTargets(
      ObjectNode request, List<Integer> layers, List<String> modules) {
    layers.forEach(request.putArray("layers")::add);
    modules.forEach(request.putArray("modules")::add);
    return request;
  }

  private static ObjectNode shared(int queries, List<Double> rates) {
    ObjectNode request = Worker.JSON.createObjectNode();
    int[] ids = RandomPromptIds.ids(DEMONSTRATIONS + queries * QUERY);
    Arrays.stream(ids, 0, DEMONSTRATIONS).forEach(request.putArray("prefix")::add);
    ArrayNode list = request.putArray("queries");
    for (int from = DEMONSTRATIONS; from < ids.length; from += QUERY) {
      Arrays.stream(ids, from, from + QUERY).forEach(list.addArray()::add);
    }
    LABELS.forEach(request.putArray("labels")::add);
    rates.forEach(request.putArray("rates")::add);
    return request;
  }
}
