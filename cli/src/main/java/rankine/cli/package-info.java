/**
 * The command line: parses, calls the engine, prints. One file a command; no logic that a library
 * user would miss. Results go to stdout, everything else to stderr.
 */
package rankine.cli;
