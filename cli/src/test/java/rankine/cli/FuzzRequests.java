package rankine.cli;

import rankine.cli.serve.RequestBodies;
import rankine.common.RankineException;

/** Inputs that are bodies of HTTP requests. */
final class FuzzRequests {
  private FuzzRequests() {}

  /** Parses a body as each kind of request. */
  static void parse(byte[] input) {
    RankineException refused = null;
    for (RequestBodies kind : RequestBodies.values()) {
      try {
        kind.parse(input);
      } catch (RankineException e) {
        refused = e;
      }
    }
    if (refused != null) {
      throw refused;
    }
  }
}
