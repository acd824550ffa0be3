package rankine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import rankine.common.TokenizerException;

/**
 * A reader of protobuf's wire format over one message: call {@link #next}, look at {@link #field},
 * then take the value with the accessor for its type. A value not taken is passed over. Whatever
 * leaves the message, or is of another wire type than asked for, is refused.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final String file;
  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private int wireType;
  private boolean taken = true;

  ProtoReader(String file, byte[] bytes) {
    this(file, bytes, 0, bytes.length);
  }

  private ProtoReader(String file, byte[] bytes, int from, int to) {
    this.file = file;
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (!taken) {
      pass();
    }
    if (at == end) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (tag >>> 32 != 0 || field == 0) {
      throw fault("a field number", "tag " + Long.toUnsignedString(tag));
    }
    taken = false;
    return true;
  }

  /** The number of the current field. */
  int field() {
    return field;
  }

  boolean bool() {
    return integer() != 0;
  }

  int integer() {
    take(VARINT);
    return (int) readVarint();
  }

  float float32() {
    take(FIXED32);
    room(4);
    int bits = 0;
    for (int i = 3; i >= 0; i--) {
      bits = (bits << 8) | (bytes[at + i] & 0xFF);
    }
    at += 4;
    return Float.intBitsToFloat(bits);
  }

  String string() {
    take(BYTES);
    int length = length();
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length)).toString();
      at += length;
      return text;
    } catch (CharacterCodingException e) {
      throw TokenizerException.of(file, place(), "UTF-8", String.valueOf(e.getMessage()), e);
    }
  }

  ProtoReader message() {
    take(BYTES);
    int length = length();
    at += length;
    return new ProtoReader(file, bytes, at - length, at);
  }

  /** Passes over bytes and says how many they are. */
  int byteCount() {
    take(BYTES);
    return skipBytes();
  }

  private int skipBytes() {
    int length = length();
    at += length;
    return length;
  }

  private void take(int wanted) {
    if (wireType != wanted) {
      throw fault("wire type " + wanted + " for field " + field, Integer.toString(wireType));
    }
    taken = true;
  }

  private void pass() {
    switch (wireType) {
      case VARINT -> readVarint();
      case FIXED64 -> at += room(8);
      case BYTES -> skipBytes();
      case FIXED32 -> at += room(4);
      default -> throw fault("a wire type of 0, 1, 2 or 5", Integer.toString(wireType));
    }
    taken = true;
  }

  private int length() {
    long length = readVarint();
    if (length < 0 || length > end - at) {
      throw fault("a length of at most " + (end - at), Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private int room(int length) {
    if (length > end - at) {
      throw fault(length + " bytes", (end - at) + " bytes before the end");
    }
    return length;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      room(1);
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw fault("a varint of at most ten bytes", "a longer one");
  }

  private String place() {
    return "byte " + at;
  }

  private TokenizerException fault(String expected, String found) {
    return TokenizerException.of(file, place(), expected, found);
  }
}
