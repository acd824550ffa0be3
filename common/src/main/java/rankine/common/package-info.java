/**
 * The {@link rankine.common.RankineException} family: every failure that a user or a program may
 * see, with a message of one line. Together with {@code rankine.engine} this is the public
 * interface.
 *
 * <p>May not hold anything else: what Rankine's modules share is in {@code rankine.common.io}.
 */
package rankine.common;
