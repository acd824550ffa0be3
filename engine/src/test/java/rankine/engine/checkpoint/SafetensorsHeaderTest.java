package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static rankine.engine.checkpoint.Raw.entry;
import static rankine.engine.checkpoint.Raw.refused;
import static rankine.engine.checkpoint.Raw.safetensors;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.common.Fault;

class SafetensorsHeaderTest {
  @TempDir Path folder;

  private SafetensorsHeader read(byte[] bytes) throws IOException {
    return SafetensorsHeader.read(Raw.write(folder.resolve("model.safetensors"), bytes));
  }

  private SafetensorsHeader read(String header, int dataBytes) throws IOException {
    return read(safetensors(header, dataBytes));
  }

  private void refuse(Fault fault, String header, int dataBytes, String... parts) {
    String[] all = Arrays.copyOf(parts, parts.length + 1);
    all[parts.length] = "model.safetensors: ";
    refused(fault, () -> read(header, dataBytes), all);
  }

  @Test
  void listsTensorsInOffsetOrder() throws IOException {
    String json =
        "{"
            + entry("b", "F32", "[2]", 6, 14)
            + ","
            + entry("a", "BF16", "[3, 1]", 0, 6)
            + ",\"__metadata__\":{\"format\":\"pt\",\"\":\"\"}}";
    SafetensorsHeader header = read(json + "   ", 14);
    long start = 8L + json.length() + 3;
    Path file = folder.resolve("model.safetensors");
    assertEquals(
        List.of(
            new TensorInfo("a", SafetensorsDType.BF16, List.of(3L, 1L), file, start, 6),
            new TensorInfo("b", SafetensorsDType.F32, List.of(2L), file, start + 6, 8)),
        header.tensors());
    assertEquals(Map.of("format", "pt", "", ""), header.metadata());
    assertEquals(start, header.dataStart());
    assertEquals(start + 14, header.fileBytes());
  }

  @Test
  void acceptsScalarsEmptyTensorsAndEmptyFiles() throws IOException {
    assertEquals(List.of(), read("{}", 0).tensors());
    String json =
        "{"
            + entry("full", "U8", "[]", 0, 1)
            + ","
            + entry("none", "F64", "[4,0,9]", 0, 0)
            + ","
            + entry("last", "F64", "[0]", 1, 1)
            + "}";
    SafetensorsHeader header = read(json, 1);
    assertEquals(
        List.of("none", "full", "last"), header.tensors().stream().map(TensorInfo::name).toList());
    assertEquals(List.of(0L, 1L, 0L), header.tensors().stream().map(TensorInfo::elements).toList());
  }

  @Test
  void readsEscapedAndNonAsciiNames() throws IOException {
    SafetensorsHeader header = read("{" + entry("\\u00e9\\\"\\n重", "U8", "[1]", 0, 1) + "}", 1);
    assertEquals("é\"\n重", header.tensors().getFirst().name());
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryDType(SafetensorsDType type) throws IOException {
    int bytes = type.bits() * 8 / 8;
    SafetensorsHeader header = read("{" + entry("t", type.name(), "[8]", 0, bytes) + "}", bytes);
    assertEquals(type, header.tensors().getFirst().type());
    assertEquals(bytes, header.tensors().getFirst().bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL,1",
    "F8_E5M2,1",
    "F8_E4M3,1",
    "F8_E8M0,1",
    "U8,1",
    "I8,1",
    "I16,2",
    "U16,2",
    "F16,2",
    "BF16,2",
    "I32,4",
    "U32,4",
    "F32,4",
    "C64,8",
    "F64,8",
    "I64,8",
    "U64,8"
  })
  void knowsElementSizes(String type, int bytes) {
    assertEquals(bytes * 8, SafetensorsDType.of(type).orElseThrow().bits());
  }

  @Test
  void refusesFilesWithoutHeaderLength() {
    for (int n = 0; n < 8; n++) {
      byte[] bytes = new byte[n];
      refused(
          Fault.FILE_TOO_SMALL,
          () -> read(bytes),
          "model.safetensors: expected at least 8 bytes, found " + n);
    }
  }

  @Test
  void refusesWrongHeaderLengths() {
    byte[] negative = {0, 0, 0, 0, 0, 0, 0, (byte) 0x80, '{', '}'};
    refused(Fault.HEADER_TOO_LARGE, () -> read(negative), "found 9223372036854775808");
    byte[] long100MB = {1, (byte) 0xe1, (byte) 0xf5, 5, 0, 0, 0, 0, '{', '}'};
    refused(
        Fault.HEADER_TOO_LARGE, () -> read(long100MB), "at most 100000000 bytes, found 100000001");
    byte[] outside = {3, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
    refused(Fault.HEADER_OUTSIDE_FILE, () -> read(outside), "at most 2 bytes", "found 3");
  }

  /** A clone without Git LFS has such files in place of weights. */
  @Test
  void namesAPointerOfGitLfs() {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n";
    refused(
        Fault.HEADER_TOO_LARGE,
        () -> read(pointer.getBytes(StandardCharsets.US_ASCII)),
        "model.safetensors: expected tensors, found a pointer of Git LFS");
  }

  @Test
  void refusesAHeaderThatIsNotAJsonObject() {
    refuse(Fault.HEADER_START, "", 0);
    refuse(Fault.HEADER_START, " {}", 0, "found byte 0x20");
    refuse(Fault.HEADER_START, "[]", 0);
    refuse(Fault.HEADER_START, "\ufeff{}", 0);
    refuse(Fault.NOT_JSON, "{", 0, "column 2: Unexpected end-of-input: expected close marker");
    refuse(Fault.NOT_JSON, "{]", 0);
    refuse(Fault.NOT_JSON, "{}}", 0);
    refuse(Fault.NOT_JSON, "{} {}", 0);
    refuse(Fault.NOT_JSON, "{}\0", 0);
    refuse(Fault.NOT_JSON, "{'a':1}", 0);
    refuse(Fault.NOT_JSON, "{/* */}", 0);
    refuse(Fault.NOT_JSON, "{" + entry("a", "U8", "[01]", 0, 1) + "}", 1);
    refuse(Fault.NOT_JSON, "{" + entry("a", "U8", "[1],", 0, 1) + "}", 1);
    refuse(Fault.NOT_JSON, "{\"a\nb\":1}", 0);
  }

  @Test
  void refusesOtherEncodings() {
    byte[] bytes = safetensors("{\"abcd\":1}", 0);
    bytes[8 + 3] = (byte) 0xff;
    refused(Fault.NOT_UTF8, () -> read(bytes), "model.safetensors: expected UTF-8");
    byte[] utf16 = {4, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0};
    refused(Fault.NOT_JSON, () -> read(utf16));
  }

  @Test
  void refusesDuplicateKeys() {
    String a = entry("a", "U8", "[1]", 0, 1);
    refuse(Fault.DUPLICATE_KEY, "{" + a + "," + a + "}", 1, "a: expected each key once");
    refuse(
        Fault.DUPLICATE_KEY,
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        1,
        "a.dtype: ");
    refuse(
        Fault.DUPLICATE_KEY, "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "__metadata__.k: ");
    refuse(Fault.DUPLICATE_KEY, "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__: ");
  }

  @Test
  void refusesMetadataThatIsNotAStringMap() {
    refuse(Fault.WRONG_KIND, "{\"__metadata__\":[]}", 0, "__metadata__: expected an object");
    refuse(Fault.WRONG_KIND, "{\"__metadata__\":null}", 0);
    refuse(Fault.WRONG_KIND, "{\"__metadata__\":{\"k\":1}}", 0, "__metadata__.k: ", "found 1");
    refuse(Fault.WRONG_KIND, "{\"__metadata__\":{\"k\":{}}}", 0, "found an object");
  }

  @Test
  void refusesEntriesOfTheWrongKind() {
    refuse(Fault.WRONG_KIND, "{\"a\":1}", 0, "a: expected an object", "found 1");
    refuse(Fault.WRONG_KIND, "{\"a\":null}", 0);
    refuse(Fault.WRONG_KIND, "{\"a\":{\"dtype\":1}}", 0, "a.dtype: ");
    refuse(Fault.WRONG_KIND, "{\"a\":{\"shape\":1}}", 0, "a.shape: ");
    refuse(Fault.WRONG_KIND, "{\"a\":{\"data_offsets\":{}}}", 0, "a.data_offsets: ");
    refuse(Fault.WRONG_KIND, "{" + entry("a", "U8", "[1.0]", 0, 1) + "}", 1, "found 1.0");
    refuse(Fault.WRONG_KIND, "{" + entry("a", "U8", "[\"1\"]", 0, 1) + "}", 1);
    refuse(Fault.WRONG_KIND, "{" + entry("a", "U8", "[[1]]", 0, 1) + "}", 1);
    refuse(
        Fault.WRONG_KIND,
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}",
        0,
        "a.data_offsets: expected two integers, found 1");
    refuse(
        Fault.JSON_TOO_LARGE,
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0,0]}}",
        0);
  }

  @Test
  void refusesMissingAndUnknownFields() {
    refuse(Fault.MISSING_FIELD, "{\"a\":{\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "dtype");
    refuse(Fault.MISSING_FIELD, "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}", 0, "shape");
    refuse(Fault.MISSING_FIELD, "{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}", 0, "data_offsets");
    refuse(Fault.UNKNOWN_FIELD, "{\"a\":{\"strides\":[0]}}", 0, "a.strides: ");
  }

  @Test
  void refusesBadNamesAndTypes() {
    refuse(Fault.BAD_NAME, "{" + entry("", "U8", "[0]", 0, 0) + "}", 0);
    refuse(Fault.NOT_JSON, "{" + entry("\\ud800", "U8", "[0]", 0, 0) + "}", 0);
    refuse(
        Fault.UNKNOWN_DTYPE, "{" + entry("a", "Q4", "[0]", 0, 0) + "}", 0, "a.dtype: ", "\"Q4\"");
    refuse(Fault.UNKNOWN_DTYPE, "{" + entry("a", "f32", "[0]", 0, 0) + "}", 0);
  }

  @Test
  void refusesIntegersOutOfRange() {
    refuse(Fault.NEGATIVE, "{" + entry("a", "U8", "[-1]", 0, 1) + "}", 1, "a.shape: ", "-1");
    refuse(Fault.NEGATIVE, "{" + entry("a", "U8", "[-0]", 0, 0) + "}", 0);
    refuse(Fault.NEGATIVE, "{" + entry("a", "U8", "[1]", -1, 0) + "}", 1, "a.data_offsets: ");
    refuse(Fault.OVERFLOW, "{" + entry("a", "U8", "[9223372036854775808]", 0, 1) + "}", 1);
    refuse(Fault.OVERFLOW, "{" + entry("a", "U8", "[1" + "0".repeat(500) + "]", 0, 1) + "}", 1);
    refuse(Fault.OVERFLOW, "{" + entry("a", "U8", "[4294967296,4294967296]", 0, 0) + "}", 0);
    refuse(Fault.OVERFLOW, "{" + entry("a", "F32", "[4611686018427387904]", 0, 0) + "}", 0);
    refuse(
        Fault.JSON_TOO_LARGE, "{" + entry("a", "U8", "[1" + ",1".repeat(64) + "]", 0, 1) + "}", 1);
    refuse(
        Fault.JSON_TOO_LARGE, "{" + entry("a", "U8", "[1" + "0".repeat(5000) + "]", 0, 1) + "}", 1);
  }

  @Test
  void refusesInconsistentSizes() {
    refuse(Fault.OFFSETS_REVERSED, "{" + entry("a", "U8", "[1]", 1, 0) + "}", 1, "a: ", "[1, 0]");
    refuse(
        Fault.SIZE_MISMATCH,
        "{" + entry("a", "F16", "[2, 3]", 0, 11) + "}",
        11,
        "a: expected 12 bytes for F16 [2, 3], found data_offsets of 11");
    refuse(Fault.SIZE_MISMATCH, "{" + entry("a", "F16", "[0]", 0, 2) + "}", 2);
    refuse(Fault.PARTIAL_BYTE, "{" + entry("a", "F4", "[3]", 0, 1) + "}", 1, "12 bits");
    refuse(Fault.PARTIAL_BYTE, "{" + entry("a", "F6_E3M2", "[3]", 0, 2) + "}", 2);
  }

  @Test
  void refusesDataThatDoesNotFillTheFile() {
    String a = entry("a", "U8", "[4]", 0, 4);
    refuse(Fault.OUTSIDE_FILE, "{" + a + "}", 3, "a: ", "ends at byte 4", "3 bytes there");
    refuse(Fault.OUTSIDE_FILE, "{" + entry("a", "U8", "[0]", 5, 5) + "}", 3);
    refuse(Fault.TRAILING_BYTES, "{" + a + "}", 5, "expected 4 bytes after the header, found 5");
    refuse(Fault.TRAILING_BYTES, "{}", 1);
    refuse(
        Fault.GAP,
        "{" + a + "," + entry("b", "U8", "[1]", 5, 6) + "}",
        6,
        "b: expected data from byte 4, where a ends, found 5");
    refuse(Fault.GAP, "{" + entry("b", "U8", "[1]", 1, 2) + "}", 2, "where the header ends");
    refuse(
        Fault.OVERLAP,
        "{" + a + "," + entry("b", "U8", "[2]", 3, 5) + "}",
        5,
        "b: expected data from byte 4, where a ends, found 3");
    refuse(Fault.OVERLAP, "{" + a + "," + entry("b", "U8", "[4]", 0, 4) + "}", 4);
    refuse(Fault.OVERLAP, "{" + a + "," + entry("b", "U8", "[0]", 2, 2) + "}", 4);
  }

  @Test
  void refusesHeadersBeyondTheLimits() {
    StringBuilder tensors = new StringBuilder("{\"0\":{}");
    refuse(Fault.MISSING_FIELD, tensors + "}", 0);
    tensors.setLength(1);
    String rest = "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    for (int i = 0; i <= HeaderParser.MAX_TENSORS; i++) {
      tensors.append(i == 0 ? "\"" : ",\"").append(i).append(rest);
    }
    refuse(Fault.JSON_TOO_LARGE, tensors + "}", 0, "200000 tensors");
    StringBuilder metadata = new StringBuilder("{\"__metadata__\":{\"\":\"\"");
    for (int i = 0; i < HeaderParser.MAX_METADATA; i++) {
      metadata.append(",\"").append(i).append("\":\"\"");
    }
    refuse(Fault.JSON_TOO_LARGE, metadata + "}}", 0, "__metadata__", "100000 entries");
    refuse(Fault.WRONG_KIND, "{\"a\":" + "[".repeat(1_000_000), 0);
    refuse(Fault.WRONG_KIND, "{\"a\":{\"dtype\":" + "{\"b\":".repeat(1_000_000), 0);
  }

  @Test
  void shortensAndEscapesTextInMessages() {
    refuse(
        Fault.WRONG_KIND,
        "{\"a\\nb\\u202e\\u0000" + "x".repeat(1000) + "\":\"" + "y".repeat(1000) + "\"}",
        0,
        "a\\u000ab\\u202e\\u0000x",
        "x…: expected",
        "y…\"");
  }

  @Test
  void refusesPathsWithoutReadableFile() throws IOException {
    refused(Fault.IO, () -> SafetensorsHeader.read(folder), folder.toString());
    refused(Fault.IO, () -> SafetensorsHeader.read(folder.resolve("none")), "none", "nothing");
    Path secret = Raw.write(folder.resolve("secret"), "{}");
    if (secret.toFile().setReadable(false) && !Files.isReadable(secret)) {
      refused(Fault.IO, () -> SafetensorsHeader.read(secret), "cannot be read");
    }
  }

  @Test
  void readsOnlyTheHeader() throws IOException {
    // 1 TiB, sparse: reading it would take minutes.
    long bytes = 1L << 40;
    byte[] head = safetensors("{" + entry("a", "U8", "[" + bytes + "]", 0, bytes) + "}", 0);
    Path file = Raw.write(folder.resolve("model.safetensors"), head);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(head.length + bytes);
    }
    assertEquals(bytes, SafetensorsHeader.read(file).tensors().getFirst().bytes());
    Files.delete(file);
  }
}
