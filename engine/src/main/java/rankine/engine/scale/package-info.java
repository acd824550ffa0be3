/**
 * What a sweep costs before it runs: floating-point operations of its parts, and a simulation of
 * their schedule on executors. Knows no files and loads no model.
 */
package rankine.engine.scale;
