package rankine.engine.serving;

/** A request that a scheduler does not take. */
public final class RejectedSequenceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionReason reason;

  /** Why a request was not taken. */
  public enum RejectionReason {
    /** As many wait as may. */
    QUEUE_FULL,
    /** The scheduler ends. */
    CLOSING
  }

  RejectedSequenceException(RejectionReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Returns why. */
  public RejectionReason reason() {
    return reason;
  }
}
