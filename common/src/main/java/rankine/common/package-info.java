/**
 * What more than one module needs and must not write twice.
 *
 * <p>Here lives: the family of {@link rankine.common.RankineException}s and the words of their
 * messages; strict JSON; SHA-256; files and folders that appear whole or not at all; numbers in
 * ranges and in natural order.
 *
 * <p>Here may not live: anything that knows a model, a tensor, a task or a backend, anything that
 * only one module uses, and any dependency but Jackson.
 */
package rankine.common;
