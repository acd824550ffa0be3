package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.refused;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.Fault;
import rankine.kernels.DType;

class SafetensorsWriterTest {
  @TempDir Path folder;

  private static NewTensor tensor(String name, DType dtype, List<Long> shape, byte[] data) {
    return new NewTensor(name, dtype, shape, () -> MemorySegment.ofArray(data));
  }

  private List<String> fileNames() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesTheExpectedBytes() throws IOException {
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(
        file,
        Map.of("format", "pt"),
        List.of(
            tensor("b", DType.F16, List.of(1L), new byte[] {9, 8}),
            tensor("a", DType.BF16, List.of(2L, 1L), new byte[] {1, 2, 3, 4}),
            new NewTensor(
                "z", DType.F32, List.of(), () -> MemorySegment.ofArray(new float[] {1f}))));
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"z\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"BF16\",\"shape\":[2,1],\"data_offsets\":[4,8]},"
            + "\"b\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}}";
    byte[] written = Files.readAllBytes(file);
    int length = (header.length() + 7) / 8 * 8;
    byte[] expected = Raw.safetensors(header + " ".repeat(length - header.length()), 10);
    System.arraycopy(
        new byte[] {0, 0, (byte) 0x80, 0x3f, 1, 2, 3, 4, 9, 8}, 0, expected, 8 + length, 10);
    assertArrayEquals(expected, written);
    assertEquals(List.of("model.safetensors"), fileNames());
  }

  @Test
  void roundTripsRandomTensors() throws IOException {
    Random random = new Random(1);
    List<DType> dtypes = List.of(DType.values());
    Raw.write(folder.resolve("config.json"), "{}");
    for (int round = 0; round < 50; round++) {
      List<NewTensor> tensors = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        DType dtype = dtypes.get(random.nextInt(dtypes.size()));
        List<Long> shape = random.longs(random.nextInt(4), 0, 6).boxed().toList();
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        byte[] data = new byte[(int) elements * dtype.bytes()];
        random.nextBytes(data);
        tensors.add(tensor("é\"\n重" + i, dtype, shape, data));
      }
      Map<String, String> metadata = round % 2 == 0 ? Map.of() : Map.of("k\"", "v\n");
      Path file = folder.resolve("model.safetensors");
      SafetensorsWriter.write(file, metadata, tensors);
      assertEquals(metadata, SafetensorsHeader.read(file).metadata());
      try (Checkpoint checkpoint = Checkpoint.open(folder)) {
        assertEquals(tensors.size(), checkpoint.tensors().size());
        for (NewTensor written : tensors) {
          TensorInfo read = checkpoint.find(written.name()).orElseThrow();
          assertEquals(written.shape(), read.shape());
          assertEquals(written.dtype(), read.dtype());
          assertEquals(0, read.offset() % written.dtype().bytes(), "aligned");
          assertArrayEquals(
              written.data().get().toArray(ValueLayout.JAVA_BYTE),
              checkpoint.data(read).toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }

  @Test
  void writesSegmentsLargerThanTheBuffer() throws IOException {
    float[] values = new float[3_000_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Path file = folder.resolve("f");
    Supplier<MemorySegment> data = () -> MemorySegment.ofArray(values);
    SafetensorsWriter.write(
        file, Map.of(), List.of(new NewTensor("t", DType.F32, List.of(3_000_001L), data)));
    SafetensorsHeader header = SafetensorsHeader.read(file);
    MemorySegment raw = MemorySegment.ofArray(Files.readAllBytes(file));
    assertEquals(-1, raw.asSlice(header.dataStart()).mismatch(data.get()));
  }

  @Test
  void failureKeepsTheOldFileAndNoTemporaryFile() throws IOException {
    Path file = Raw.write(folder.resolve("model.safetensors"), "old");
    NewTensor good = tensor("a", DType.F16, List.of(1L), new byte[2]);
    NewTensor wrongSize = tensor("b", DType.F16, List.of(1L), new byte[3]);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> SafetensorsWriter.write(file, Map.of(), List.of(good, wrongSize)));
    assertEquals("b: expected 2 bytes, found 3", e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> SafetensorsWriter.write(file, Map.of(), List.of(good, good)));
    Supplier<MemorySegment> failing =
        () -> {
          throw new IllegalStateException("no data");
        };
    assertThrows(
        IllegalStateException.class,
        () ->
            SafetensorsWriter.write(
                file, Map.of(), List.of(new NewTensor("c", DType.F16, List.of(1L), failing))));
    assertEquals(List.of("model.safetensors"), fileNames());
    assertEquals("old", Files.readString(file, StandardCharsets.UTF_8));
    refused(
        Fault.IO,
        () -> SafetensorsWriter.write(folder.resolve("none/f"), Map.of(), List.of(good)),
        "none/f: cannot be written");
    Path busy = Files.createDirectory(folder.resolve("busy"));
    Raw.write(busy.resolve("f"), "");
    refused(Fault.IO, () -> SafetensorsWriter.write(busy, Map.of(), List.of(good)));
    assertEquals(List.of("busy", "model.safetensors"), fileNames());
  }

  @Test
  void refusesInvalidNamesAndShapes() {
    for (String name : List.of("", "__metadata__", "\ud800")) {
      assertThrows(
          IllegalArgumentException.class, () -> tensor(name, DType.F16, List.of(1L), new byte[2]));
    }
    assertThrows(
        IllegalArgumentException.class, () -> tensor("a", DType.F16, List.of(-1L), new byte[2]));
    assertThrows(
        ArithmeticException.class,
        () -> tensor("a", DType.F16, List.of(1L << 62), new byte[2]).bytes());
  }

  @Test
  void replacingAnOpenFileKeepsItsMapping() throws IOException {
    Raw.write(folder.resolve("config.json"), "{}");
    Path file = folder.resolve("model.safetensors");
    SafetensorsWriter.write(
        file, Map.of(), List.of(tensor("a", DType.F16, List.of(1L), new byte[] {1, 2})));
    try (Checkpoint old = Checkpoint.open(folder)) {
      SafetensorsWriter.write(
          file, Map.of(), List.of(tensor("a", DType.F16, List.of(2L), new byte[] {3, 4, 5, 6})));
      assertEquals(1, old.data(old.require("a", 1)).get(ValueLayout.JAVA_BYTE, 0));
      refused(Fault.FILE_CHANGED, old::hash);
      assertTrue(SafetensorsHeader.read(file).tensors().getFirst().elements() == 2);
    }
  }
}
