package rankine.engine.run;

/** What ran: for manifests and {@code --version}. */
public final class Versions {
  /** Of Rankine. */
  public static final String RANKINE = "0.1.0";

  private Versions() {}

  /** Name and version of the Java runtime. */
  public static String java() {
    return System.getProperty("java.vm.name") + " " + Runtime.version();
  }

  /** Operating system and processor architecture. */
  public static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }
}
