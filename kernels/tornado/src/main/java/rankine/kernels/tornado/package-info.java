/**
 * The backend on devices of TornadoVM: GPUs, and the CPU through OpenCL.
 *
 * <ul>
 *   <li>Everything resident has a place in one of four arrays ({@link
 *       rankine.kernels.tornado.DeviceMemory}), which exist on the device only. So a kernel's
 *       parameters are always the same arrays, and what it works on comes as numbers in a table:
 *       weights, activations, keys and values are exchanged without compiling or moving anything.
 *       {@link rankine.kernels.tornado.OpEncoding} says what the numbers mean.
 *   <li>Kernels are the {@code …Kernels} classes: static methods that TornadoVM compiles, hence in
 *       plain loops, without objects, and with debug information. Each has a scalar counterpart as
 *       its oracle. Global sizes are set before every execution and are never compiled in.
 *   <li>{@link rankine.kernels.tornado.Device} has the one plan with every graph ({@link
 *       rankine.kernels.tornado.GraphBuilder}); {@link rankine.kernels.tornado.Transfers} is the
 *       only way across.
 *   <li>A program becomes {@link rankine.kernels.tornado.DeviceOp}s, cut into parts that are alike
 *       from layer to layer; each part is one graph.
 *   <li>{@link rankine.kernels.tornado.Residency} knows what is on the device, and sends a weight
 *       once.
 * </ul>
 *
 * <p>Only this package imports TornadoVM. {@link rankine.kernels.tornado.TornadoProvider} loads
 * without it. Nothing here knows a particular make of device; library calls and matrix units of
 * NVIDIA's would be further kernels behind {@link rankine.kernels.tornado.DeviceOp#kernel}, and are
 * left for a machine that has one.
 */
package rankine.kernels.tornado;
