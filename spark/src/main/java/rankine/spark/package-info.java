/** A sweep on Apache Spark: the driver has the run folder, the executors evaluate groups. */
package rankine.spark;
