/**
 * Chat templates: turns of a conversation to the text that a chat model was trained on, as Hugging
 * Face's transformers renders the {@code chat_template} of a model folder.
 *
 * <p>Jinjava evaluates the templates. It differs from Python's Jinja2 in white space, precedence,
 * string methods and other points, most of them silently, so {@code JinjaSource} rewrites a
 * template into the part of the language on which both agree, and refuses by name what it cannot
 * rewrite; {@code PythonValues} has the attributes and methods of Python's values. A template sees
 * the conversation and nothing else: no Java object, no file.
 *
 * <p>Not here: what becomes of the text, which the callers encode and run, and the chat protocol of
 * {@code rankine.cli.serve}.
 *
 * <p>In reading order: {@link rankine.engine.chat.ChatMessage}, {@link
 * rankine.engine.chat.ChatTemplate}, {@code JinjaSource}, {@code PythonValues}.
 */
package rankine.engine.chat;
