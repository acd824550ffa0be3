/**
 * Checkpoints as GGUF files, for llama.cpp: {@link rankine.benchmarks.gguf.GgufConversion} turns a
 * folder with config.json and safetensors into one file. Nothing is quantized, and no tokenizer is
 * written: the file is for token ids.
 */
package rankine.benchmarks.gguf;
