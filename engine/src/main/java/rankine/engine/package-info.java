/**
 * Rankine for Java programs: {@link rankine.engine.Rankine} and the records that it takes and
 * returns. Together with the exceptions in {@code rankine.common} this is the public interface;
 * every other package is exported to Rankine's own modules only.
 *
 * <p>Here: nothing but the way in. Each method is a few lines over the packages below, whose types
 * do not appear in signatures. {@code docs/java.md} has examples.
 */
package rankine.engine;
