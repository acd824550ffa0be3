package rankine.spark;

/** Watches the executors' replies on the driver. */
interface ReplyListener {
  /** Ignores them. */
  ReplyListener NONE = reply -> {};

  /** A task has come back; its results are used next. */
  void replied(ExecutorReply reply);
}
