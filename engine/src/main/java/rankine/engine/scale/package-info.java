/**
 * What a sweep costs before it runs: floating-point operations of its parts, and a simulation of
 * their schedule on executors. Pure functions of numbers: no file, model or clock; the caller
 * counts tokens and measures speeds ({@code rankine.engine.sweep}, {@code rankine.engine.run}).
 *
 * <p>In reading order: {@link rankine.engine.scale.GridCost}, in floating-point operations; {@link
 * rankine.engine.scale.ExecutorSpeed}, in operations per second; {@link
 * rankine.engine.scale.Schedule}, in seconds; {@link rankine.engine.scale.GridEstimate}.
 */
package rankine.engine.scale;
