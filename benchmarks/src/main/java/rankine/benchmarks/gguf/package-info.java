/**
 * Conversion of checkpoints to GGUF, for llama.cpp: {@link rankine.benchmarks.gguf.GgufConversion}
 * converts a folder with config.json and safetensors to one file, without quantization and without
 * a tokenizer. Nothing else of the benchmarks belongs here.
 *
 * <p>Reading order: {@code GgufConversion}, {@code GgufLayout} with {@code LlamaGguf} and {@code
 * Gpt2Gguf}, {@code SourceTensors}, {@code GgufWriter}.
 */
package rankine.benchmarks.gguf;
