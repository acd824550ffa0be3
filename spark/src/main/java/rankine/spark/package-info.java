/**
 * Sweeps and evaluations on Apache Spark: the driver has the run folder, or the data; the executors
 * have the model and run groups, or prompts.
 *
 * <p>Here: jobs, what driver and executors check of each other, and how work, files and results
 * cross between them. Not here: what a cell or a prediction is, or how it is computed ({@code
 * rankine.engine.sweep}, {@code rankine.engine.run}), and options ({@code rankine.cli}). Only this
 * package imports Spark and Hadoop.
 *
 * <p>In reading order: {@link rankine.spark.SweepJob} with {@code SparkGroups}, {@code GroupTask}
 * and {@code GroupReply}; {@link rankine.spark.EvalJob} with {@code SparkPrompts}, {@code
 * PromptTask} and {@code PromptReply}; {@code ExecutorCluster} and {@code ExecutorModel}; {@code
 * DriverChecks} and {@code ExecutorChecks}; the files: {@code Shipment}, {@code RemoteRun}, {@code
 * PredictionFolder}.
 */
package rankine.spark;
