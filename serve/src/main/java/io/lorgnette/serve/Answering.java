package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.explain.Explaining;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.OpenBatch;
import io.lorgnette.generate.Prompt;
import io.lorgnette.generate.TokenListener;
import io.lorgnette.method.Dialogue;
import io.lorgnette.method.Method;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/** What the engine's thread does with jobs. Owns native memory; belongs to that thread. */
final class Answering implements AutoCloseable {

  private final Map<String, Lane> lanes;
  private final Optional<ServedSpace> space;
  private final Metrics metrics;
  private final List<Window> windows = new ArrayList<>();
  private final Map<Job, Explaining> explained = new LinkedHashMap<>();

  /**
   * @param lanes by the models' names; they stay the engine's to close
   */
  Answering(Map<String, Lane> lanes, Optional<ServedSpace> space, Metrics metrics) {
    this.lanes = lanes;
    this.space = space;
    this.metrics = metrics;
  }

  /** Answers that are being written. */
  int rows() {
    int rows = windows.stream().mapToInt(Window::rows).sum() + explained.size();
    for (Lane lane : lanes.values()) {
      rows += lane.batch() == null ? 0 : lane.batch().size();
    }
    return rows;
  }

  /** Begins to answer jobs and closes what was seen for them; what fails is told to them. */
  void admit(List<Eyes.Ready> ready) {
    Map<Lane, List<Eyes.Ready>> chats = new LinkedHashMap<>();
    Map<Question.Captions, List<Eyes.Ready>> captions =
        new LinkedHashMap<>(); // by all but pictures
    List<Job> others = new ArrayList<>();
    for (Eyes.Ready some : ready) {
      Job job = some.job();
      if (job.lapsed()) {
        continue;
      }
      if (job.question() instanceof Question.Chat chat) {
        chats.computeIfAbsent(lane(chat.model()), lane -> new ArrayList<>()).add(some);
      } else if (job.question() instanceof Question.Captions asked) {
        Question.Captions kind =
            new Question.Captions(asked.model(), List.of(), asked.beams(), asked.newTokens());
        captions.computeIfAbsent(kind, key -> new ArrayList<>()).add(some);
      } else {
        others.add(job);
      }
    }
    try {
      chats.forEach((lane, some) -> guarded(jobs(some), () -> chat(lane, some)));
      captions.forEach((kind, some) -> guarded(jobs(some), () -> caption(kind, some)));
      others.forEach(job -> guarded(List.of(job), () -> other(job)));
    } finally {
      ready.forEach(some -> some.seen().close());
    }
  }

  private static List<Job> jobs(List<Eyes.Ready> ready) {
    return ready.stream().map(Eyes.Ready::job).toList();
  }

  private void other(Job job) {
    if (job.question() instanceof Question.Explain asked) {
      explained.put(
          job, asked.model().model().explaining(asked.picture().image(), asked.options()));
    } else {
      embed(job, (Question.Embed) job.question());
    }
  }

  private Lane lane(ServedModel model) {
    return lanes.get(model.id());
  }

  private static void guarded(List<Job> jobs, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      jobs.forEach(job -> job.tell(new Event.Failed(Engine.failure(e))));
    }
  }

  /** A chat whose prompt is made. */
  private record Begun(Job job, Dialogue dialogue, GenerationConfig config, int imageTokens) {

    Question.Chat chat() {
      return (Question.Chat) job.question();
    }
  }

  private void chat(Lane lane, List<Eyes.Ready> ready) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      List<Begun> begun = new ArrayList<>();
      for (Eyes.Ready some : ready) {
        guarded(List.of(some.job()), () -> begun.add(begin(lane, some)));
      }
      if (begun.isEmpty()) {
        return;
      }
      long start = System.nanoTime();
      List<Job> open = begun.stream().map(Begun::job).toList();
      guarded(
          open,
          () -> {
            if (lane.batch() != null) {
              join(lane, begun);
            } else {
              together(lane, begun);
            }
          });
      metrics.stage(Metrics.Stage.PREFILL, System.nanoTime() - start);
    }
  }

  private static Begun begin(Lane lane, Eyes.Ready ready) {
    Question.Chat chat = (Question.Chat) ready.job().question();
    Method method = lane.method();
    List<Dialogue.Turn> turns = new ArrayList<>();
    for (Question.Said said : chat.messages()) {
      List<Tensor> rows = said.pictures().stream().map(ready.seen()::of).toList();
      turns.add(new Dialogue.Turn(said.role(), rows, said.text()));
    }
    int images = chat.pictures().size();
    Dialogue dialogue = Dialogue.of(method, turns);
    int room = dialogue.room(method);
    if (room < 1) {
      throw ApiException.wrong(
          "messages",
          "context_length_exceeded",
          "the messages take "
              + dialogue.prompt().length()
              + " tokens of the model's "
              + method.backbones().lm().positions()
              + "; shorten them");
    }
    GenerationConfig config =
        GenerationConfig.greedy(Math.min(chat.newTokens(), room))
            .withEos(method.prompts().stop())
            .withStop(chat.stop().toArray(String[]::new));
    if (chat.sampling() != null) {
      config = config.withSampling(chat.sampling()).withNumReturn(chat.answers());
    }
    return new Begun(ready.job(), dialogue, config, images * method.imageLength());
  }

  private void join(Lane lane, List<Begun> begun) {
    List<OpenBatch.Asked> newcomers = new ArrayList<>();
    for (Begun some : begun) {
      OpenBatch.Asked asked =
          new OpenBatch.Asked(
              some.dialogue().prompt(),
              some.config(),
              some.dialogue().sentences(),
              some.chat().likely(),
              new Teller(some));
      newcomers.add(asked);
      lane.asked().put(asked, some.job());
    }
    try {
      lane.batch().join(newcomers);
    } catch (RuntimeException | OutOfMemoryError e) {
      newcomers.forEach(lane.asked()::remove);
      throw e;
    }
  }

  /** Passes on what the batch says of a chat. */
  private final class Teller implements OpenBatch.Listener {

    private final Begun begun;
    private final int copies; // of an answer that is always the same
    private int open;

    Teller(Begun begun) {
      this.begun = begun;
      boolean drawn = begun.chat().sampling() != null;
      this.copies = drawn ? 1 : begun.chat().answers();
      this.open = drawn ? begun.chat().answers() : 1;
    }

    int likely() {
      return begun.chat().likely();
    }

    @Override
    public void begun(int tokens, int known) {
      metrics.prompt(known, tokens - known);
      begun
          .job()
          .tell(new Event.Begun(tokens, begun.imageTokens(), known, begun.dialogue().caption()));
    }

    @Override
    public void token(int answer, OpenBatch.Token token) {
      for (int copy = 0; copy < copies; copy++) {
        begun.job().tell(new Event.Grown(answer + copy, token));
      }
    }

    @Override
    public void ended(int answer, Generation generation) {
      for (int copy = 0; copy < copies; copy++) {
        begun.job().tell(new Event.Ended(answer + copy, generation.finish()));
      }
      if (--open == 0) {
        begun.job().tell(new Event.Done());
      }
    }
  }

  /** Chats that no others can join; those with the same settings are answered together. */
  private void together(Lane lane, List<Begun> begun) {
    Map<GenerationConfig, List<Begun>> alike = new LinkedHashMap<>();
    for (Begun some : begun) {
      alike.computeIfAbsent(some.config(), key -> new ArrayList<>()).add(some);
    }
    alike.forEach((config, some) -> together(lane, config, some));
  }

  private void together(Lane lane, GenerationConfig config, List<Begun> begun) {
    List<Prompt> prompts = begun.stream().map(some -> some.dialogue().prompt()).toList();
    List<Teller> tellers = begun.stream().map(Teller::new).toList();
    for (int i = 0; i < prompts.size(); i++) {
      tellers.get(i).begun(prompts.get(i).length(), 0);
    }
    Window window =
        new Window(
            lane.generator(prompts).begin(prompts, config, new Told(tellers, config.numReturn())),
            begun.stream().map(Begun::job).toList(),
            (i, answers) -> {
              for (int answer = 0; answer < answers.size(); answer++) {
                tellers.get(i).ended(answer, answers.get(answer));
              }
            });
    proceed(lane, window);
  }

  /**
   * Passes on what a window's generator says of its chats.
   *
   * @param each answers to a chat
   */
  private record Told(List<Teller> tellers, int each) implements TokenListener {

    @Override
    public void token(int row, int id) {
      throw new IllegalStateException("chats are not answered by a search");
    }

    @Override
    public void token(int row, OpenBatch.Token token) {
      tellers.get(row / each).token(row % each, token);
    }

    @Override
    public int likely(int row) {
      return tellers.get(row / each).likely();
    }
  }

  /** Lets a window take its steps between other work, if the model allows that. */
  private void proceed(Lane lane, Window window) {
    if (lane.steps()) {
      windows.add(window);
      return;
    }
    try (window) {
      boolean open = true;
      while (open && window.wanted()) {
        open = window.step();
      }
    }
  }

  private void caption(Question.Captions kind, List<Eyes.Ready> ready) {
    Lane lane = lane(kind.model());
    Method method = lane.method();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      List<Prompt> prompts = new ArrayList<>();
      List<Job> owners = new ArrayList<>(); // of each prompt
      for (Eyes.Ready some : ready) {
        for (Picture picture : ((Question.Captions) some.job().question()).pictures()) {
          prompts.add(method.caption(some.seen().of(picture)));
          owners.add(some.job());
        }
      }
      GenerationConfig config =
          GenerationConfig.beams(kind.beams(), kind.newTokens()).withEos(method.prompts().stop());
      Map<Job, Map<Integer, Utterance>> said = new LinkedHashMap<>();
      Window window =
          new Window(
              lane.generator(prompts).begin(prompts, config, (row, id) -> {}),
              owners,
              (i, found) -> captioned(owners.get(i), i, Utterance.caption(found.get(0)), said));
      proceed(lane, window);
    }
  }

  private static void captioned(
      Job job, int prompt, Utterance caption, Map<Job, Map<Integer, Utterance>> said) {
    Map<Integer, Utterance> all = said.computeIfAbsent(job, key -> new TreeMap<>());
    all.put(prompt, caption);
    if (all.size() == ((Question.Captions) job.question()).pictures().size()) {
      job.tell(new Event.Captioned(List.copyOf(all.values())));
      job.tell(new Event.Done());
    }
  }

  private void embed(Job job, Question.Embed asked) {
    long start = System.nanoTime();
    job.tell(Embedding.of(space.orElseThrow(), asked.items()));
    job.tell(new Event.Done());
    metrics.stage(Metrics.Stage.SEE, System.nanoTime() - start);
  }

  /**
   * Lets all answers grow by a token.
   *
   * @return how many are being written
   */
  int step() {
    for (Lane lane : lanes.values()) {
      if (lane.batch() != null && !lane.asked().isEmpty()) {
        step(lane);
      }
    }
    explained.entrySet().removeIf(entry -> !look(entry.getKey(), entry.getValue()));
    for (Iterator<Window> all = windows.iterator(); all.hasNext(); ) {
      Window window = all.next();
      if (!step(window)) {
        all.remove();
        window.close();
      }
    }
    return rows();
  }

  private void step(Lane lane) {
    lane.asked().entrySet().removeIf(entry -> hasLeft(lane, entry.getKey(), entry.getValue()));
    long start = System.nanoTime();
    try {
      if (!lane.batch().step()) {
        lane.asked().clear();
        return;
      }
      metrics.stage(Metrics.Stage.STEP, System.nanoTime() - start);
    } catch (RuntimeException | OutOfMemoryError e) {
      ApiException reason = Engine.failure(e);
      lane.asked().values().forEach(job -> job.tell(new Event.Failed(reason)));
      lane.renew();
    }
  }

  private static boolean hasLeft(Lane lane, OpenBatch.Asked asked, Job job) {
    if (job.ended()) {
      return true;
    }
    if (!job.lapsed()) {
      return false;
    }
    lane.batch().leave(asked);
    return true;
  }

  /** Takes a step of an explanation; false behind the last. */
  private boolean look(Job job, Explaining explaining) {
    if (job.lapsed()) {
      return false;
    }
    long start = System.nanoTime();
    try {
      if (explaining.step()) {
        return true;
      }
      job.tell(new Event.Explained(explaining.explanation()));
      job.tell(new Event.Done());
    } catch (InputException e) {
      job.tell(new Event.Failed(ApiException.wrong(null, e.getMessage())));
    } catch (RuntimeException | OutOfMemoryError e) {
      job.tell(new Event.Failed(Engine.failure(e)));
    } finally {
      metrics.stage(Metrics.Stage.EXPLAIN, System.nanoTime() - start);
    }
    return false;
  }

  private static boolean step(Window window) {
    try {
      if (window.wanted()) {
        return window.step();
      }
      window.jobs().forEach(Job::lapsed);
    } catch (RuntimeException | OutOfMemoryError e) {
      window.jobs().forEach(job -> job.tell(new Event.Failed(Engine.failure(e))));
    }
    return false;
  }

  /** Tells all who wait for an answer that none comes. */
  void fail(ApiException reason) {
    for (Lane lane : lanes.values()) {
      lane.asked().values().forEach(job -> job.tell(new Event.Failed(reason)));
    }
    windows.forEach(window -> window.jobs().forEach(job -> job.tell(new Event.Failed(reason))));
    explained.keySet().forEach(job -> job.tell(new Event.Failed(reason)));
  }

  @Override
  public void close() {
    windows.forEach(Window::close);
    windows.clear();
    explained.clear();
  }
}
