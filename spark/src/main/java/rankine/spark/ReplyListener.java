package rankine.spark;

/** Watches the executors' replies on the driver. */
interface ReplyListener {
  /** Ignores them. */
  ReplyListener NONE = reply -> {};

  /** A group has come back; its cells are written next. */
  void replied(GroupReply reply);
}
