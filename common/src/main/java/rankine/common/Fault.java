package rankine.common;

/** The rule that a checkpoint or JSON file breaks; one constant for each check. */
public enum Fault {
  /** The checkpoint folder is absent or is not a folder. */
  NO_FOLDER,
  /** The folder has no {@code config.json}. */
  NO_CONFIG,
  /** The folder has neither {@code model.safetensors} nor {@code model.safetensors.index.json}. */
  NO_WEIGHTS,
  /** The operating system refused to open, read, map or write a file. */
  IO,
  /** The file is not what it was when the checkpoint was opened. */
  FILE_CHANGED,
  /** A folder to be created exists already, or a file of that name. */
  FOLDER_EXISTS,
  /** The target folder of a copy is inside the checkpoint to copy. */
  INSIDE_SOURCE,
  /** The file system has less space than a copy needs. */
  NO_SPACE,

  /** Fewer than the 8 bytes that hold the length of a safetensors header. */
  FILE_TOO_SMALL,
  /** The stated header length is above the cap of its reader. */
  HEADER_TOO_LARGE,
  /** The stated header length leads past the end of the file. */
  HEADER_OUTSIDE_FILE,
  /** The first byte of a safetensors header is not an opening brace. */
  HEADER_START,

  /** A text that must be UTF-8 is not. */
  NOT_UTF8,
  /** A text that must be JSON is not, or something follows the JSON value. */
  NOT_JSON,
  /** JSON nested deeper than 64 levels. */
  JSON_TOO_DEEP,
  /** A JSON document, or a list or a string in it, above its cap. */
  JSON_TOO_LARGE,
  /** A key that occurs twice in one JSON object. */
  DUPLICATE_KEY,
  /** A JSON value of another kind than the format requires. */
  WRONG_KIND,
  /** A required field of the format is absent. */
  MISSING_FIELD,
  /** A field that the format does not have. */
  UNKNOWN_FIELD,

  /** A tensor name or a file name that is empty or no valid text. */
  BAD_NAME,
  /** A tensor's dtype is none of the format's. */
  UNKNOWN_DTYPE,
  /** An integer that is negative. */
  NEGATIVE,
  /** A number, or the size that a shape implies, above what 64 bits can hold. */
  OVERFLOW,
  /** The elements of a tensor of less than a byte each do not fill whole bytes. */
  PARTIAL_BYTE,
  /** The offsets of a tensor run backwards. */
  OFFSETS_REVERSED,
  /** The offsets of a tensor span another size than shape × dtype. */
  SIZE_MISMATCH,
  /** The data of a tensor ends past the end of the file. */
  OUTSIDE_FILE,
  /** Two tensors share bytes. */
  OVERLAP,
  /** Bytes between two tensors, or before the first, that belong to none. */
  GAP,
  /** Bytes after the last tensor. */
  TRAILING_BYTES,

  /** A shard named by the index is outside the checkpoint folder. */
  SHARD_OUTSIDE_FOLDER,
  /** A shard named by the index is absent or not a regular file. */
  NO_SHARD,
  /** A tensor is not in the shard that the index names. */
  NOT_IN_SHARD,
  /** A tensor is in two shards. */
  IN_TWO_SHARDS,

  /** A tensor that the caller needs is absent. */
  MISSING_TENSOR,
  /** A tensor has another shape than the caller needs. */
  WRONG_SHAPE,
  /** A tensor that the caller has no use for. */
  UNEXPECTED_TENSOR,
  /** A tensor's dtype is known to the format but cannot be used as a weight here. */
  UNSUPPORTED_DTYPE,

  /** A setting that the caller needs is absent. */
  MISSING_SETTING,
  /** A setting of the wrong kind or outside its range. */
  BAD_SETTING,
  /** A setting whose value is not supported. */
  UNSUPPORTED_SETTING,
  /** A setting that nothing reads and that is not known to be harmless. */
  UNKNOWN_SETTING
}
