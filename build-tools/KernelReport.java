import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an NVIDIA GPU needs for each kernel of the device backend, without a GPU: {@code java
 * KernelReport.java [ARCH] < KERNELS}, with the OpenCL code that TornadoVM prints ({@code
 * -Dtornado.printKernel=true}) on standard input. ARCH is sm_90 by default.
 *
 * <p>clang checks the OpenCL code as written, with all warnings, and translates it to PTX; ptxas of
 * the CUDA toolkit assembles that and counts registers, local memory and spills. NVIDIA's OpenCL
 * driver has another front end, so its counts may differ.
 */
final class KernelReport {
  private static final Pattern KERNEL = Pattern.compile("__kernel void (\\w+)");
  private static final Pattern WARNING = Pattern.compile("\\[-W[^]]+]");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern LOCAL = Pattern.compile("(\\d+) bytes smem");
  private static final Pattern SPILLS =
      Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");

  private static final Pattern STACK = Pattern.compile("(\\d+) bytes stack frame");

  /** 32-bit registers and work-items of a multiprocessor, and the work-items of the least group. */
  private static final int MULTIPROCESSOR_REGISTERS = 65_536;

  private static final int MULTIPROCESSOR_WORK_ITEMS = 2048;
  private static final int GROUP = 64;

  /** OpenCL's built-in functions that the kernels call, in terms of PTX and CUDA's library. */
  private static final String BUILT_INS =
      """
      #define O __attribute__((overloadable))
      size_t O get_local_id(uint d) { return __nvvm_read_ptx_sreg_tid_x(); }
      size_t O get_group_id(uint d) { return __nvvm_read_ptx_sreg_ctaid_x(); }
      size_t O get_local_size(uint d) { return __nvvm_read_ptx_sreg_ntid_x(); }
      size_t O get_global_id(uint d) {
        return get_group_id(d) * get_local_size(d) + get_local_id(d);
      }
      void O barrier(cl_mem_fence_flags f) { __syncthreads(); }
      #define BOTH(n, f, d) \\
        float f(float); double d(double); \\
        float O n(float x) { return f(x); } double O n(double x) { return d(x); }
      BOTH(exp, __nv_expf, __nv_exp)
      BOTH(log, __nv_logf, __nv_log)
      BOTH(sin, __nv_sinf, __nv_sin)
      BOTH(cos, __nv_cosf, __nv_cos)
      BOTH(rsqrt, __nv_rsqrtf, __nv_rsqrt)
      BOTH(sqrt, __nv_fsqrt_rn, __nv_dsqrt_rn)
      BOTH(fabs, __nv_fabsf, __nv_fabs)
      #define EACH(t, multiplyAdd, least, most) \\
        t multiplyAdd(t, t, t); t least(t, t); t most(t, t); \\
        t O fma(t a, t b, t c) { return multiplyAdd(a, b, c); } \\
        t O fmin(t a, t b) { return least(a, b); } \\
        t O fmax(t a, t b) { return most(a, b); } \\
        int O isless(t a, t b) { return a < b; } \\
        int O isequal(t a, t b) { return a == b; }
      EACH(float, __nv_fmaf, __nv_fminf, __nv_fmaxf)
      EACH(double, __nv_fma, __nv_fmin, __nv_fmax)
      int O max(int a, int b) { return a > b ? a : b; }
      int O min(int a, int b) { return a < b ? a : b; }
      long O max(long a, long b) { return a > b ? a : b; }
      long O min(long a, long b) { return a < b ? a : b; }
      """;

  private final Path folder;
  private final String arch;

  private KernelReport(Path folder, String arch) {
    this.folder = folder;
    this.arch = arch;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    String printed = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    Path folder = Files.createTempDirectory("kernels");
    KernelReport report = new KernelReport(folder, args.length == 0 ? "sm_90" : args[0]);
    Map<String, String> kernels = kernels(printed);
    if (kernels.isEmpty()) {
      System.err.println("kernels: expected OpenCL code on standard input, found none");
      System.exit(1);
    }
    System.out.println(
        "| kernel | registers | local memory, bytes | stack | spills | work-items | warnings |");
    System.out.println("|---|---:|---:|---:|---:|---:|---|");
    try {
      for (Map.Entry<String, String> kernel : kernels.entrySet()) {
        System.out.println(report.row(kernel.getKey(), kernel.getValue()));
      }
    } catch (IOException e) { // a compiler that is not there
      System.err.println("kernels: " + e.getMessage());
      System.exit(1);
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** The code of each kernel by name; TornadoVM prints one kernel per program, with its pragmas. */
  private static Map<String, String> kernels(String printed) {
    Map<String, String> kernels = new TreeMap<>();
    for (String part : printed.split("(?=#pragma OPENCL EXTENSION cl_khr_fp64)")) {
      Matcher name = KERNEL.matcher(part);
      int end = part.lastIndexOf("\n}");
      if (name.find() && end >= 0) {
        kernels.putIfAbsent(name.group(1), part.substring(0, end + 2) + "\n");
      }
    }
    return kernels;
  }

  private String row(String name, String code) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve(name + ".cl"), code);
    String said = clang(source, "-Wall", "-Wextra", "-Wno-unused-parameter", "-fsyntax-only");
    TreeSet<String> warnings = new TreeSet<>();
    WARNING.matcher(said).results().forEach(warning -> warnings.add(warning.group()));

    Path whole = Files.writeString(folder.resolve(name + ".nv.cl"), code + BUILT_INS);
    Path ptx = folder.resolve(name + ".ptx");
    String library = cuda().resolve("nvvm/libdevice/libdevice.10.bc").toString();
    List<String> target = new ArrayList<>(List.of("-w", "-O3", "-S", "-o", ptx.toString()));
    for (String option :
        List.of(
            "-target-cpu", arch, "-target-feature", "+ptx78", "-mlink-builtin-bitcode", library)) {
      target.addAll(List.of("-Xclang", option));
    }
    clang(whole, target.toArray(String[]::new));
    String counts = run("ptxas", "-arch=" + arch, "-v", ptx.toString(), "-o", "/dev/null");
    int registers = Math.max(1, number(REGISTERS, counts));
    Matcher spills = SPILLS.matcher(counts);
    return "| %s | %d | %d | %d | %s | %d | %s |"
        .formatted(
            name,
            registers,
            number(LOCAL, counts),
            number(STACK, counts),
            spills.find() ? spills.group(1) + " + " + spills.group(2) : "?",
            Math.min(
                MULTIPROCESSOR_REGISTERS / (registers * GROUP) * GROUP, MULTIPROCESSOR_WORK_ITEMS),
            String.join(" ", warnings));
  }

  private static int number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  private static String clang(Path source, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getenv().getOrDefault("CLANG", "clang"));
    command.addAll(List.of("-cl-std=CL1.2", "-target", "nvptx64-nvidia-cuda"));
    command.addAll(List.of("-Xclang", "-finclude-default-header"));
    command.addAll(
        List.of("-Xclang", "-cl-ext=+cl_khr_fp64,+cl_khr_fp16,+cl_khr_int64_base_atomics"));
    command.addAll(List.of(options));
    command.add(source.toString());
    return run(command.toArray(String[]::new));
  }

  /** The toolkit's folder: it has CUDA's library of functions. */
  private static Path cuda() {
    return Path.of(System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda"));
  }

  /** Runs a program and returns what it says; a failure ends this one. */
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      System.err.println(String.join(" ", command) + ": failed\n" + said);
      System.exit(1);
    }
    return said;
  }
}
