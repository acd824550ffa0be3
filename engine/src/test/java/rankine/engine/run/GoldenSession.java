package rankine.engine.run;

import java.util.function.Consumer;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Golden;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.cpu.CpuBackend;

/** A golden model in a session, on either backend. */
final class Open {
  private Open() {}

  static void session(
      String model, String backendName, int threads, int chunk, Consumer<Session> use) {
    try (Checkpoint checkpoint = Checkpoint.open(Golden.model(model));
        Backend backend =
            backendName.equals("scalar") ? CpuBackend.scalar(threads) : CpuBackend.vector(threads);
        Session session =
            new Session(
                Architectures.load(checkpoint, backend), backend, chunk, Session.SCORING_ROWS)) {
      use.accept(session);
    }
  }
}
