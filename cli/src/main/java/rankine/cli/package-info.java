/**
 * The command line: parses options, calls the engine, prints. Results go to stdout, everything else
 * to stderr. One file per command. Logic that a user of the library would need belongs to the
 * engine.
 *
 * <p>Reading order: {@link rankine.cli.Main} and {@code Commands}; a {@code …Command} per command,
 * with its {@code …Options}; the {@code …Text} classes, which print results; {@code Failures}.
 */
package rankine.cli;
