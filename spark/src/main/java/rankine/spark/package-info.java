/**
 * Sweeps and evaluations on Apache Spark: the driver has the run folder, or the data; the executors
 * have the model and run groups, or prompts.
 */
package rankine.spark;
