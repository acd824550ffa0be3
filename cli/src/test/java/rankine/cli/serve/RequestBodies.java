package rankine.cli.serve;

import java.util.function.Consumer;
import rankine.common.ModelException;

/** The parsers of bodies, for inputs that are not requests. */
public enum RequestBodies {
  COMPLETION(body -> CompletionRequest.parse(body).sampling().config(1)),
  CHAT(body -> ChatRequest.parse(body).sampling().config(1));

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final Consumer<byte[]> parser;

  RequestBodies(Consumer<byte[]> parser) {
    this.parser = parser;
  }

  /**
   * Parses a body.
   *
   * @throws ModelException with the message that a client gets
   */
  public void parse(byte[] body) {
    try {
      parser.accept(body);
    } catch (ApiException e) {
      throw new ModelException(e.getMessage());
    }
  }
}
