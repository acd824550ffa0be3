package rankine.engine.run;

import java.util.function.Consumer;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.cpu.CpuBackend;
import rankine.testdata.TestData;

/** Opens a golden checkpoint in a session, on the scalar or vector backend. */
final class GoldenSession {
  private GoldenSession() {}

  static void run(String model, String backendName, int threads, int chunk, Consumer<Session> use) {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.model(model));
        Backend backend =
            backendName.equals("scalar") ? CpuBackend.scalar(threads) : CpuBackend.vector(threads);
        Session session =
            new Session(
                Architectures.load(checkpoint, backend), backend, chunk, Session.SCORING_ROWS)) {
      use.accept(session);
    }
  }
}
