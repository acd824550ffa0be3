package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.Optional;
import rankine.common.io.JsonKind;

/**
 * Whether an answer comes as a stream of events.
 *
 * @param usage whether an event with the numbers of tokens comes last
 */
record StreamFields(boolean stream, boolean usage) {
  private static final String OPTIONS = "stream_options";

  static StreamFields read(RequestFields fields) {
    boolean stream = fields.get("stream", JsonKind.FLAG, false);
    Optional<RequestFields> options = fields.object(OPTIONS);
    if (options.isPresent() && !stream) {
      throw fields.fault(OPTIONS, "it with stream true", "stream false");
    }
    boolean usage = options.map(o -> o.get("include_usage", JsonKind.FLAG, false)).orElse(false);
    options.ifPresent(
        o -> {
          o.unsupported("include_obfuscation", BooleanNode.FALSE);
          o.done();
        });
    return new StreamFields(stream, usage);
  }
}
