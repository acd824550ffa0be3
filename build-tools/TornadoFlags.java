import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes the JVM flags that TornadoVM needs, from the template in its SDK, to an argument file:
 * {@code java TornadoFlags.java SDK OUT}.
 *
 * <p>Removed from the template: flags that the application chooses (the collector, preview
 * features) and all JDK modules. Added: no silent fallback to Java on the CPU when a kernel does
 * not compile, and OpenCL compiler flags without TornadoVM's defaults {@code -cl-mad-enable
 * -cl-fast-relaxed-math} and without native functions, so that arithmetic is as written; no pinned
 * host memory, no timed queues.
 */
final class TornadoFlags {
  private static final Pattern REMOVED =
      Pattern.compile("-server|--enable-preview|-XX:\\+Use\\w+GC|-Dstdout\\.encoding=.*");

  private static final List<String> ADDED =
      List.of(
          "-Dtornado.recover.bailout=false",
          "-Dtornado.enable.nativeFunctions=false", // native_sqrt(double) does not exist in OpenCL
          "-Dtornado.cuda.host.pinning=false", // it would pin the host side of all weights
          "-Dtornado.opencl.profiling.enable=false", // a timed queue is slower; unused
          "-Dtornado.opencl.compiler.flags=-w",
          "-Dtornado.device.memory=1000GB", // the backend limits memory itself
          "-Dtornado.tvm.maxbytecodesize=65536");

  private TornadoFlags() {}

  public static void main(String[] args) throws IOException {
    Path template = Path.of(args[0]).resolve("tornado-argfile.template");
    if (!Files.isReadable(template)) {
      System.err.println(
          "TORNADOVM_HOME: expected TornadoVM's SDK with the file tornado-argfile.template, found "
              + args[0]);
      System.exit(1);
    }
    Path sdk = template.toRealPath().getParent();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(template)) {
      String flag = line.strip();
      if (!flag.isEmpty() && !flag.startsWith("#") && !REMOVED.matcher(flag).matches()) {
        add(flag.replace("${TORNADOVM_HOME}", sdk.toString()), lines);
      }
    }
    ADDED.forEach(flag -> add(flag, lines));
    Path out = Path.of(args[1]);
    Files.createDirectories(out.getParent());
    Path part = out.resolveSibling(out.getFileName() + ".part");
    Files.write(part, lines);
    Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Adds arguments, one per line, quoted because paths may have spaces. */
  private static void add(String flag, List<String> lines) {
    for (String word : flag.startsWith("--") ? flag.split(" ", 2) : new String[] {flag}) {
      String argument = word.replaceFirst("^ALL-SYSTEM,", "").replaceFirst("^\\.:", "");
      lines.add('"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }
  }
}
