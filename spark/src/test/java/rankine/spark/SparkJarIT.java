package rankine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;
import scala.Tuple2;

/** The assembled jar: what is in it, and a sweep and an evaluation with it and Spark alone. */
@Tag("spark")
class SparkJarIT {
  private static final Path JAR = TestData.root().resolve("spark/target/rankine-spark.jar");

  /** What Rankine needs and Spark does not have: the jar must. */
  private static final List<String> OURS =
      List.of(
          "rankine",
          "picocli",
          "progressbar",
          "jline",
          "jinjava",
          "re2j",
          "commons-csv",
          "snakeyaml",
          "jackson-dataformat-yaml",
          "jackson-datatype-jdk8");

  @TempDir Path temporary;

  @Test
  void theJarHasRankineAndNoSpark() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertEquals(
          "rankine.spark.SweepJob", jar.getManifest().getMainAttributes().getValue("Main-Class"));
      Set<String> names = jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
      for (String type :
          List.of(
              "rankine/spark/SweepJob",
              "rankine/spark/EvalJob",
              "rankine/spark/GroupTask",
              "rankine/cli/SweepProgram",
              "rankine/engine/sweep/GroupWorker",
              "rankine/kernels/cpu/VectorKernels",
              "rankine/tokenizer/Tokenizers",
              "picocli/CommandLine")) {
        assertTrue(names.contains(type + ".class"), type);
      }
      assertTrue(names.contains("rankine/spark/mapped.jvm"));
      assertTrue(names.contains("rankine/engine/icl/tasks/sst2.json"));
      List<String> foreign =
          names.stream()
              .filter(
                  name ->
                      Stream.of("org/apache/spark", "scala/", "org/apache/hadoop", "org/slf4j/impl")
                          .anyMatch(name::startsWith))
              .toList();
      assertEquals(List.of(), foreign);
      assertEquals(
          List.of(), names.stream().filter(name -> name.endsWith("module-info.class")).toList());
      assertEquals(List.of(), names.stream().filter(name -> name.contains("junit")).toList());
    }
  }

  /** {@code rankine sweep --engine spark} starts spark-submit, here a script of the same effect. */
  @Test
  void theCommandSweepsByTheJarAlone() throws IOException, InterruptedException {
    DemoGrid serial = new DemoGrid(temporary.resolve("serial"));
    assertEquals(0, serial.runSerially());

    DemoGrid grid = new DemoGrid(temporary.resolve("run"));
    assertEquals(0, submitted("sweep", grid.arguments()), this::errors);
    assertEquals(serial.lines(), grid.lines());
    assertTrue(
        Files.readString(temporary.resolve("stdout")).contains("8 searches, 3 rates each"),
        "the job's output is the command's");
  }

  /** The executors have the checkpoint by Spark, and no data. */
  @Test
  void theCommandEvaluatesByTheJarAlone() throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            "--model",
            TestData.demo().resolve("overfitted").toString(),
            "--task=demo-topic", // whose data are at hand
            "--edit=5:mlp:0.9",
            "--limit=9",
            "--format=json",
            "--backend=scalar",
            "--threads=1",
            "--no-cache",
            "--quiet");
    assertEquals(0, command("eval", arguments, Map.of()), this::errors);
    String local = Files.readString(temporary.resolve("stdout"));
    List<String> onSpark = new ArrayList<>(arguments);
    onSpark.addAll(List.of("--ship", "--predictions", temporary.resolve("predictions").toString()));
    assertEquals(0, submitted("eval", onSpark), this::errors);
    assertEquals(local, Files.readString(temporary.resolve("stdout")));
    int lines = 0;
    try (Stream<Path> parts = Files.list(temporary.resolve("predictions"))) {
      for (Path part : parts.toList()) {
        lines += Files.readAllLines(part).size();
      }
    }
    assertEquals(9, lines);
  }

  /** Runs a command with {@code --engine spark}. */
  private int submitted(String name, List<String> arguments)
      throws IOException, InterruptedException {
    String spark =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !isOurs(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    Path home = temporary.resolve("spark-home");
    Files.createDirectories(home.resolve("jars"));
    Path script = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        script,
        "#!/bin/sh\nexec \"$JAVA_HOME/bin/java\" %s -XX:TieredStopAtLevel=1 -cp '%s' org.apache.spark.deploy.SparkSubmit \"$@\"\n"
            .formatted(JavaModuleOptions.defaultModuleOptions(), spark));
    assertTrue(script.toFile().setExecutable(true));

    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--engine", "spark"));
    for (Tuple2<String, String> setting :
        DemoGrid.cluster().set("spark.executor.extraClassPath", spark).getAll()) {
      if (setting._1().equals("spark.master")) {
        all.addAll(List.of("--master", setting._2()));
      } else {
        all.addAll(List.of("--conf", setting._1() + "=" + setting._2()));
      }
    }
    return command(
        name, all, Map.of("SPARK_HOME", home.toString(), "RANKINE_SPARK_JAR", JAR.toString()));
  }

  /** Runs a command of the launcher's in a process. */
  private int command(String name, List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"));
    command.add("-Drankine.home=" + TestData.root());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "rankine.cli.Main", name));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectError(temporary.resolve("stderr").toFile())
            .redirectOutput(temporary.resolve("stdout").toFile());
    builder.environment().putAll(environment);
    return builder.start().waitFor();
  }

  private String errors() {
    try {
      return Files.readString(temporary.resolve("stderr"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isOurs(Path entry) {
    String name = entry.getFileName().toString();
    return entry.startsWith(TestData.root()) || OURS.stream().anyMatch(name::startsWith);
  }
}
