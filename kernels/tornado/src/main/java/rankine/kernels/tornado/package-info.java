/**
 * The device backend: runs programs on TornadoVM devices (GPUs, and the CPU through OpenCL).
 *
 * <ul>
 *   <li>All resident data lives in a few arrays, up to four per element type ({@link
 *       rankine.kernels.tornado.DeviceMemory}), which exist on the device only. The parameters of a
 *       kernel are therefore always the same arrays; offsets into them come from a table ({@link
 *       rankine.kernels.tornado.OpEncoding}). Weights, activations, keys and values are exchanged
 *       without compiling or copying anything.
 *   <li>The {@code …Kernels} classes hold the kernels: static methods with plain loops and without
 *       objects, which TornadoVM compiles from bytecode with debug information. Each has a scalar
 *       counterpart as its oracle. Global sizes are set before every execution and are never
 *       compiled in.
 *   <li>{@link rankine.kernels.tornado.Device} owns the one execution plan with every task graph
 *       ({@link rankine.kernels.tornado.GraphBuilder}); all data crosses through {@link
 *       rankine.kernels.tornado.Transfers} and {@link rankine.kernels.tornado.LogitScoring}.
 *   <li>{@link rankine.kernels.tornado.DeviceProgram} makes a program a list of {@link
 *       rankine.kernels.tornado.DeviceOp}s, cut into segments that have the same structure in every
 *       layer; each segment is one graph.
 *   <li>{@link rankine.kernels.tornado.Residency} tracks the resident weights and sends each weight
 *       once.
 * </ul>
 *
 * <p>Read {@link rankine.kernels.tornado.TornadoBackend} first, then {@link
 * rankine.kernels.tornado.DeviceMemory}, {@link rankine.kernels.tornado.OpEncoding}, {@link
 * rankine.kernels.tornado.DeviceOp}, {@link rankine.kernels.tornado.ProgramEncoder}, {@link
 * rankine.kernels.tornado.Device} and the kernels; {@link rankine.kernels.tornado.TornadoMatrixOps}
 * for decompositions, which {@link rankine.kernels.tornado.HostMatrixOps} leaves to the host where
 * the device has no float64. {@code docs/gpu.md} describes the design on one page.
 *
 * <p>Only this package imports TornadoVM. {@link rankine.kernels.tornado.TornadoProvider} loads
 * without it. Nothing here depends on a vendor; NVIDIA's libraries and matrix units would be
 * further kernels that {@link rankine.kernels.tornado.DeviceOp#kernel} selects, to be written on a
 * machine that has such a device.
 */
package rankine.kernels.tornado;
