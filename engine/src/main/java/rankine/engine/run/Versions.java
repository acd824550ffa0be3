package rankine.engine.run;

/** Versions of Rankine, Java and the platform, for manifests and {@code --version}. */
public final class Versions {
  /** Version of Rankine. */
  public static final String RANKINE = "0.1.0";

  private Versions() {}

  /** Returns the name and version of the JVM. */
  public static String java() {
    return System.getProperty("java.vm.name") + " " + Runtime.version();
  }

  /** Returns the operating system and processor architecture. */
  public static String platform() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }
}
