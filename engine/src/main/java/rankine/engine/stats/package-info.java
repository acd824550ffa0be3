/**
 * Statistics of outcomes: intervals, paired tests, corrections and spreads. Pure functions of
 * numbers: the same arguments give the same bits, random draws included, whose seed is an argument.
 * Nothing here knows what was counted, and nothing here touches files.
 */
package rankine.engine.stats;
