/**
 * Statistics of outcomes: intervals and tests over counts. Pure functions; nothing here knows what
 * was counted, and nothing here touches files.
 */
package rankine.engine.stats;
