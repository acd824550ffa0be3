/**
 * Statistics of evaluation outcomes: confidence intervals, paired tests, multiple-test correction
 * and the spread over seeds.
 *
 * <p>Pure functions of numbers: the same arguments give the same bits, random draws included, whose
 * seed is an argument. Not here: the meaning of the numbers, and files.
 *
 * <p>In reading order: {@link ExampleOutcome}; {@link Interval} (accuracy of one run); {@link
 * PairedComparison}, {@link McNemar} and {@link PairedBootstrap} (two runs on the same examples);
 * {@link RatioBootstrap} (perplexity of one run), {@link WindowComparison} and {@link SignFlipTest}
 * (two runs on the same windows); {@link Holm} (several tests); {@link SeedSpread} (several seeds).
 */
package rankine.engine.stats;
