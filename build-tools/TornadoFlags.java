import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes the JVM flags that TornadoVM needs, from the template that its SDK carries, to an argument
 * file: {@code java TornadoFlags.java SDK OUT}.
 *
 * <p>Left out of the template: what is the application's choice (the collector, preview features)
 * and all modules of the JDK. Added: no silent run on the CPU of a kernel that does not compile,
 * and arithmetic as written.
 */
final class TornadoFlags {
  private static final Pattern LEFT_OUT =
      Pattern.compile("-server|--enable-preview|-XX:\\+Use\\w+GC|-Dstdout\\.encoding=.*");

  private static final List<String> OURS =
      List.of(
          "-Dtornado.recover.bailout=false",
          "-Dtornado.opencl.compiler.flags=-w",
          "-Dtornado.device.memory=1000GB", // the backend has its own account
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
      if (!flag.isEmpty() && !flag.startsWith("#") && !LEFT_OUT.matcher(flag).matches()) {
        add(flag.replace("${TORNADOVM_HOME}", sdk.toString()), lines);
      }
    }
    OURS.forEach(flag -> add(flag, lines));
    Path out = Path.of(args[1]);
    Files.createDirectories(out.getParent());
    Path part = out.resolveSibling(out.getFileName() + ".part");
    Files.write(part, lines);
    Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
  }

  /** One argument a line, in quotes: paths may have spaces. */
  private static void add(String flag, List<String> lines) {
    for (String word : flag.startsWith("--") ? flag.split(" ", 2) : new String[] {flag}) {
      String argument = word.replaceFirst("^ALL-SYSTEM,", "").replaceFirst("^\\.:", "");
      lines.add('"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }
  }
}
