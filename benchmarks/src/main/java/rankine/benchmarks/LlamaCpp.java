package rankine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One model with one sequence in llama.cpp's library, through its C API ({@code include/llama.h}).
 * Use one per process and from one thread: the library aborts the process on an internal error.
 *
 * <p>The parameter structures grow at their ends from release to release. Their default values come
 * from the library; this class sets only the first three fields of the context parameters, whose
 * offsets have not changed since 2024 (their documented defaults are checked), and passes the
 * structures back. So layouts that are larger than the structures fit every release.
 */
@SuppressWarnings("restricted") // calls native functions
final class LlamaCpp implements AutoCloseable {
  private static final Pattern LIBRARY = Pattern.compile("libllama(\\.v[0-9.]+)?\\.so");
  private static final int PARAMETERS_BYTES = 512;

  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfBoolean BOOL = ValueLayout.JAVA_BOOLEAN;

  /** llama_model_params, opaque. */
  private static final MemoryLayout MODEL_PARAMETERS =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(PARAMETERS_BYTES / Long.BYTES, ValueLayout.JAVA_LONG));

  /** llama_context_params: n_ctx, n_batch, n_ubatch, then opaque fields. */
  private static final MemoryLayout CONTEXT_PARAMETERS =
      MemoryLayout.structLayout(
          INT.withName("n_ctx"),
          INT.withName("n_batch"),
          INT.withName("n_ubatch"),
          INT,
          MemoryLayout.sequenceLayout(PARAMETERS_BYTES / Long.BYTES - 2, ValueLayout.JAVA_LONG));

  /** llama_batch: n_tokens, token, embd, pos, n_seq_id, seq_id, logits. */
  private static final MemoryLayout BATCH =
      MemoryLayout.structLayout(
          INT, MemoryLayout.paddingLayout(4), POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);

  /** The library is never unloaded: its threads and callbacks may outlive a model. */
  private static final Arena LIBRARY_LIFETIME = Arena.global();

  private final SymbolLookup symbols;
  private final MemorySegment model;
  private final MemorySegment context;
  private final int vocab;

  private final MethodHandle batchOf;
  private final MethodHandle decode;
  private final MethodHandle logitsOf;
  private final MethodHandle memoryOf;
  private final MethodHandle clear;

  /** Finds the library in {@code folder} or below. */
  static Optional<Path> find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> LIBRARY.matcher(f.getFileName().toString()).matches()).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model.
   *
   * @param library the path from {@link #find}; the best CPU backend in its folder is loaded
   * @param file a GGUF file
   * @param positions context length and maximum batch size, in tokens
   * @throws IllegalStateException if llama.cpp fails, or its release is unknown
   */
  LlamaCpp(Path library, Path file, int positions, int threads) {
    this.symbols = SymbolLookup.libraryLookup(library, LIBRARY_LIFETIME);
    silence();
    call(
        function("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(POINTER)),
        Arena.ofAuto().allocateFrom(library.getParent().toString()));
    call(function("llama_backend_init", FunctionDescriptor.ofVoid()));
    this.model = load(file);
    this.context = context(positions);
    call(
        function("llama_set_n_threads", FunctionDescriptor.ofVoid(POINTER, INT, INT)),
        context,
        threads,
        threads);
    MemorySegment vocabulary =
        (MemorySegment)
            call(function("llama_model_get_vocab", FunctionDescriptor.of(POINTER, POINTER)), model);
    this.vocab =
        (int)
            call(function("llama_vocab_n_tokens", FunctionDescriptor.of(INT, POINTER)), vocabulary);
    this.batchOf = function("llama_batch_get_one", FunctionDescriptor.of(BATCH, POINTER, INT));
    this.decode = function("llama_decode", FunctionDescriptor.of(INT, POINTER, BATCH));
    this.logitsOf = function("llama_get_logits_ith", FunctionDescriptor.of(POINTER, POINTER, INT));
    this.memoryOf = function("llama_get_memory", FunctionDescriptor.of(POINTER, POINTER));
    this.clear = function("llama_memory_clear", FunctionDescriptor.ofVoid(POINTER, BOOL));
  }

  /** Returns the instruction sets of the loaded CPU backend. */
  String systemInfo() {
    MemorySegment text =
        (MemorySegment) call(function("llama_print_system_info", FunctionDescriptor.of(POINTER)));
    // e.g. "CPU : AVX2 = 1 | F16C = 1 | "
    return text.reinterpret(Long.MAX_VALUE).getString(0).replaceAll(" = 1 \\| ?", " ").strip();
  }

  /** Clears the KV cache. */
  void clear() {
    call(clear, call(memoryOf, context), false);
  }

  /**
   * Appends {@code ids} as one batch and returns the logits of the last, [vocab], valid until the
   * next call.
   */
  MemorySegment append(int... ids) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment batch =
          (MemorySegment) call(batchOf, call, call.allocateFrom(INT, ids), ids.length);
      int status = (int) call(decode, context, batch);
      if (status != 0) {
        throw new IllegalStateException("llama_decode: expected status 0, found " + status);
      }
    }
    MemorySegment logits = (MemorySegment) call(logitsOf, context, -1);
    return logits.reinterpret((long) vocab * Float.BYTES);
  }

  /** Returns the index of the largest of {@code logits}; of ties the smallest index. */
  static int argmax(MemorySegment logits) {
    int best = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.byteSize() / Float.BYTES; i++) {
      float logit = logits.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (logit > most) {
        most = logit;
        best = i;
      }
    }
    return best;
  }

  private MemorySegment load(Path file) {
    MemorySegment parameters =
        (MemorySegment)
            call(
                function("llama_model_default_params", FunctionDescriptor.of(MODEL_PARAMETERS)),
                Arena.ofAuto());
    MemorySegment loaded =
        (MemorySegment)
            call(
                function(
                    "llama_model_load_from_file",
                    FunctionDescriptor.of(POINTER, POINTER, MODEL_PARAMETERS)),
                Arena.ofAuto().allocateFrom(file.toString()),
                parameters);
    if (loaded.equals(MemorySegment.NULL)) {
      throw new IllegalStateException(file + ": llama.cpp does not load it");
    }
    return loaded;
  }

  private MemorySegment context(int positions) {
    MemorySegment parameters =
        (MemorySegment)
            call(
                function("llama_context_default_params", FunctionDescriptor.of(CONTEXT_PARAMETERS)),
                Arena.ofAuto());
    set(parameters, "n_ctx", 512, positions);
    set(parameters, "n_batch", 2048, positions);
    set(parameters, "n_ubatch", 512, positions);
    MemorySegment made =
        (MemorySegment)
            call(
                function(
                    "llama_init_from_model",
                    FunctionDescriptor.of(POINTER, POINTER, CONTEXT_PARAMETERS)),
                model,
                parameters);
    if (made.equals(MemorySegment.NULL)) {
      throw new IllegalStateException("llama.cpp makes no context of " + positions + " positions");
    }
    return made;
  }

  /** Sets a field after checking its offset by its default value. */
  private static void set(MemorySegment parameters, String name, int expected, int value) {
    long at = CONTEXT_PARAMETERS.byteOffset(PathElement.groupElement(name));
    int found = parameters.get(INT, at);
    if (found != expected) {
      throw new IllegalStateException(
          "llama.cpp: %s: expected %d by default, found %d (unknown release)"
              .formatted(name, expected, found));
    }
    parameters.set(INT, at, value);
  }

  /** Turns llama.cpp's log output off. */
  private void silence() {
    try {
      MethodHandle ignore =
          MethodHandles.lookup()
              .findStatic(
                  LlamaCpp.class,
                  "ignore",
                  MethodType.methodType(
                      void.class, int.class, MemorySegment.class, MemorySegment.class));
      MemorySegment callback =
          Linker.nativeLinker()
              .upcallStub(
                  ignore, FunctionDescriptor.ofVoid(INT, POINTER, POINTER), LIBRARY_LIFETIME);
      call(
          function("llama_log_set", FunctionDescriptor.ofVoid(POINTER, POINTER)),
          callback,
          MemorySegment.NULL);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @SuppressWarnings("unused") // called by llama.cpp
  private static void ignore(int level, MemorySegment text, MemorySegment data) {}

  private MethodHandle function(String name, FunctionDescriptor descriptor) {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(
                () -> new IllegalStateException("llama.cpp: expected " + name + ", found none"));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // a native function throws nothing
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    call(function("llama_free", FunctionDescriptor.ofVoid(POINTER)), context);
    call(function("llama_model_free", FunctionDescriptor.ofVoid(POINTER)), model);
  }
}
