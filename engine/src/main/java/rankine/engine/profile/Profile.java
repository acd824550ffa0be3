package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditOverlay;
import rankine.engine.icl.TaskPrompts;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.Manifest;
import rankine.engine.run.PromptIds;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.tokenizer.Tokenizer;

/**
 * Runs a study: the unedited model reads the text once for its logits, and once up to the last
 * matrix for the input activations of all; there each rate is applied to each matrix alone; then to
 * all of them in the model; finally the kernels are timed.
 */
public final class Profile {
  private final LoadedModel loaded;
  private final ProfileRequest request;
  private final ProgressListener progress;
  private int done;
  private int steps;

  private Profile(LoadedModel loaded, ProfileRequest request, ProgressListener progress) {
    this.loaded = loaded;
    this.request = request;
    this.progress = progress;
  }

  /**
   * Studies an unedited model.
   *
   * @param progress called after every step
   * @throws rankine.common.EditException for a layer or module that the model does not have
   * @throws rankine.common.ModelException for a text that the model cannot read, or whose logits do
   *     not fit the memory
   */
  public static ProfileResult run(
      LoadedModel loaded, ProfileRequest request, ProgressListener progress) {
    return new Profile(loaded, request, progress).run();
  }

  private ProfileResult run() {
    List<ProfileScope.ProfileVariant> variants = request.scope().variants();
    Map<Integer, Map<String, Matrix>> layers = layers(loaded, request);
    Optional<KernelStudy> kernels = kernels(loaded, request, layers);
    int count = layers.values().stream().mapToInt(Map::size).sum();
    steps = variants.size() * (count + 1) + kernels.map(KernelStudy::steps).orElse(0);

    Optional<TaskPrompts> prompts =
        request.text() instanceof TextSource.TaskSource source
            ? Optional.of(ExampleStudy.prompts(loaded, source))
            : Optional.empty();
    Optional<Tokenizer> tokenizer =
        request.text() instanceof TextSource.IdsSource
            ? Optional.empty()
            : Optional.of(loaded.tokenizer());
    TextSpans text = prompts.map(ExampleStudy::text).orElseGet(() -> text(loaded, request.text()));
    text.check(loaded.model().config().contextLength());
    LogitStudy.requireMemory(loaded, text);
    Optional<ExampleStudy> examples = prompts.map(task -> new ExampleStudy(loaded, task));
    LogitStudy logits = new LogitStudy(loaded, text, tokenizer);

    return new ProfileResult(
        request,
        text,
        matrices(layers, text),
        effects(logits, examples),
        kernels.map(this::kernels),
        manifest(examples, tokenizer));
  }

  /** Returns the edited matrices of each layer, by name. */
  static Map<Integer, Map<String, Matrix>> layers(LoadedModel loaded, ProfileRequest request) {
    List<Edit> edits = request.scope().variants().getFirst().plan().edits();
    Set<String> edited = EditOverlay.check(loaded.model(), edits).keySet();
    Map<Integer, Map<String, Matrix>> layers = new LinkedHashMap<>();
    for (int layer = 0; layer < loaded.model().layers().size(); layer++) {
      Map<String, Matrix> matrices = new LinkedHashMap<>();
      for (Op op : loaded.model().layers().get(layer)) {
        if (op instanceof Op.Linear linear && edited.contains(linear.name())) {
          matrices.put(linear.name(), linear.weight().source());
        }
      }
      if (!matrices.isEmpty()) {
        layers.put(layer, matrices);
      }
    }
    return layers;
  }

  /** Returns the study of kernels, if they are timed and the method gives factors. */
  static Optional<KernelStudy> kernels(
      LoadedModel loaded, ProfileRequest request, Map<Integer, Map<String, Matrix>> layers) {
    Map<String, Matrix> all = new LinkedHashMap<>();
    layers.values().forEach(all::putAll);
    return request
        .timing()
        .filter(timed -> EditedWeight.hasFactors(request.scope().plan()))
        .map(
            timed ->
                new KernelStudy(loaded.original(), all, request.scope().variants(), timed.rows()));
  }

  /** Returns a text that is no task's. */
  static TextSpans text(LoadedModel loaded, TextSource source) {
    return switch (source) {
      case TextSource.BuiltInSource() ->
          text(
              "built-in text",
              BuiltInText.ids(loaded.tokenizer(), loaded.model().config().contextLength()));
      case TextSource.PromptSource(String text) ->
          text("prompt", PromptIds.of(loaded.tokenizer(), text));
      case TextSource.IdsSource(int[] ids) -> text("ids", ids);
      case TextSource.TaskSource _ ->
          throw new IllegalStateException("the task's prompts are recorded by ExampleStudy");
    };
  }

  private static TextSpans text(String source, int[] ids) {
    return TextSpans.of(source, new int[0], List.of(ids));
  }

  private List<MatrixProfile> matrices(Map<Integer, Map<String, Matrix>> layers, TextSpans text) {
    MatrixStudy study = new MatrixStudy(loaded, request.scope().variants());
    List<MatrixProfile> profiles = new ArrayList<>();
    Set<String> names = new HashSet<>();
    layers.values().forEach(matrices -> names.addAll(matrices.keySet()));
    MatrixStudy.inputs(
        loaded.model(),
        names,
        text.tree(),
        loaded.backend().backend(),
        (linear, x) ->
            profiles.add(study.of(linear.name(), linear.weight().source(), x, this::step)));
    return profiles;
  }

  private List<ModelEffect> effects(LogitStudy logits, Optional<ExampleStudy> examples) {
    List<ModelEffect> effects = new ArrayList<>();
    for (ProfileScope.ProfileVariant variant : request.scope().variants()) {
      LoadedModel edited = loaded.edited(variant.plan());
      effects.add(logits.of(variant.rate(), edited, examples.map(study -> study.of(edited))));
      step();
    }
    return effects;
  }

  private ProfileResult.Kernels kernels(KernelStudy study) {
    WeightPool pool = new WeightPool(loaded.checkpoint().bytes(), study.largest());
    TimingConfig config = request.timing().orElseThrow().config();
    KernelTimer timer =
        new KernelTimer(
            loaded.backend().backend(), loaded.model().config().kvShape(), pool, config);
    return new ProfileResult.Kernels(study.run(timer, this::step), pool.bytes());
  }

  private ObjectNode manifest(Optional<ExampleStudy> examples, Optional<Tokenizer> tokenizer) {
    ObjectNode manifest =
        examples
            .map(study -> Manifest.of(loaded, study.prompts()))
            .orElseGet(() -> Manifest.of(loaded, tokenizer));
    List<Edit> edits =
        request.scope().variants().stream().flatMap(each -> each.plan().edits().stream()).toList();
    manifest.set("edits", request.scope().plan().withEdits(edits).toJson());
    return manifest;
  }

  private void step() {
    progress.progress(++done, steps);
  }
}
