package io.lorgnette.generate;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.KvCache.Piece;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Answers that are written together while others join and leave between steps (continuous batching,
 * Yu et al. 2022), each with settings of its own. What prompts have in common at their beginning is
 * run once. An answer does not depend on its neighbours (but for the last bits of the scores).
 *
 * <p>For decoder-only models, greedy or sampling. Owns native memory; belongs to one thread.
 */
public final class OpenBatch implements AutoCloseable {

  /** Fewer known tokens are not worth a pass of their own. */
  private static final int WORTH_REUSING = 8;

  /**
   * A prompt to be continued.
   *
   * @param prompt its embeddings are borrowed until {@link #join} returns
   * @param config of one beam; {@code numReturn} answers are written
   * @param ends how many end tokens there are before the answer ends, at least 1: an answer may
   *     have several sentences
   * @param likely how many of the most probable tokens are told with each one that is chosen
   * @param listener hears of the answers
   */
  public record Asked(
      Prompt prompt, GenerationConfig config, int ends, int likely, Listener listener) {

    public Asked {
      if (config.beams() != 1 || ends < 1 || likely < 0) {
        throw new IllegalArgumentException(
            "an open batch takes one beam, from 1 end token and from 0 likely tokens, not "
                + config.beams()
                + ", "
                + ends
                + " and "
                + likely);
      }
    }
  }

  /** Hears of the answers to a prompt, on the thread that steps. Must not throw. */
  public interface Listener {

    /**
     * The prompt has been run.
     *
     * @param tokens that it has
     * @param known how many of them had been run before
     */
    void begun(int tokens, int known);

    /** An answer has grown. */
    void token(int answer, Token token);

    /** An answer has ended. */
    void ended(int answer, Generation generation);
  }

  /**
   * A token that was chosen.
   *
   * @param logProbability in nats, as the model gave it
   * @param likely the most probable tokens in its place, the first one first
   */
  public record Token(int id, float logProbability, List<Candidate> likely) {}

  /**
   * A token that might have been chosen.
   *
   * @param logProbability in nats
   */
  public record Candidate(int id, float logProbability) {}

  /**
   * A sequence in the batch.
   *
   * @param last embedding of its prompt's last position where that is still to be run, or null
   */
  private record Member(Asked asked, Chooser chooser, Chooser.Row row, Tensor last) {

    /** The same, its prompt having been run. */
    Member begun() {
      return new Member(asked, chooser, row, null);
    }
  }

  private final LanguageModel lm;
  private final Tokenizer tokenizer;
  private final PrefixCache prefixes;
  private final ReadScores scores;
  private final OpenSequences sequences;
  private List<Member> members = new ArrayList<>(); // of each row
  private final List<Asked> left = new ArrayList<>();

  /**
   * An empty batch.
   *
   * @param lm stays the caller's
   * @param tokenizer of the model, or null; stays the caller's
   * @param prefixBytes for keys and values of prompts, kept for others that begin alike; 0 for none
   */
  public OpenBatch(LanguageModel lm, Tokenizer tokenizer, long prefixBytes) {
    this.lm = lm;
    this.tokenizer = tokenizer;
    this.prefixes = new PrefixCache(prefixBytes);
    this.scores = new ReadScores(lm.vocabulary());
    this.sequences = new OpenSequences(lm);
  }

  /** Answers that are being written. */
  public int size() {
    return open().length;
  }

  /** Bytes of native memory for keys and values. */
  public long bytes() {
    return sequences.bytes() + prefixes.bytes();
  }

  /**
   * Runs prompts and begins their answers.
   *
   * @throws io.lorgnette.error.InputException if a prompt and its answer exceed the model's
   *     positions; then none of them has joined
   */
  public void join(List<Asked> newcomers) {
    newcomers.forEach(asked -> Checks.length(asked.prompt(), asked.config().maxNewTokens(), lm));
    List<Prefilled> done = new ArrayList<>();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      keepOpen();
      List<Asked> others = enterKnown(newcomers);
      List<Asked> unknown = new ArrayList<>();
      for (Asked asked : others) {
        PrefixCache.Known known = known(asked);
        if (known.tokens() >= WORTH_REUSING) {
          done.add(continued(asked, known));
        } else {
          unknown.add(asked);
        }
      }
      if (!unknown.isEmpty()) {
        done.add(prefill(unknown));
      }
      List<Member> more = new ArrayList<>();
      List<OpenSequences.Newcomers> pieces = new ArrayList<>();
      for (Prefilled some : done) {
        some.enter(more, pieces);
      }
      if (!pieces.isEmpty()) {
        sequences.add(pieces);
        members.addAll(more);
      }
    } catch (RuntimeException | Error e) {
      left.addAll(newcomers);
      throw e;
    } finally {
      done.forEach(some -> some.owner().run());
    }
  }

  /**
   * Lets prompts enter of which all but the last position is known: that is run with the next step
   * of all.
   *
   * @return the other ones
   */
  private List<Asked> enterKnown(List<Asked> newcomers) {
    List<Asked> others = new ArrayList<>();
    List<Asked> entering = new ArrayList<>();
    List<OpenSequences.Newcomers> pieces = new ArrayList<>();
    for (Asked asked : newcomers) {
      PrefixCache.Known known = known(asked);
      if (known.tokens() < WORTH_REUSING || known.tokens() < asked.prompt().length() - 1) {
        others.add(asked);
        continue;
      }
      long[] rows = new long[asked.config().numReturn()];
      pieces.add(new OpenSequences.Newcomers(new Piece(known.cache(), rows, 0, known.tokens())));
      entering.add(asked);
    }
    if (!entering.isEmpty()) {
      sequences.add(pieces);
      for (Asked asked : entering) {
        members.addAll(members(asked, last(asked.prompt())));
        int length = asked.prompt().length();
        asked.listener().begun(length, length - 1);
      }
    }
    return others;
  }

  /** The embedding of a prompt's last position, {@code [D]}; no scope frees it. */
  private Tensor last(Prompt prompt) {
    try (Scope scope = Scope.open()) {
      List<Tensor> parts = prompt.embed(lm);
      Tensor part = parts.get(parts.size() - 1);
      return Scope.release(part.select(0, part.size(0) - 1).clone());
    }
  }

  private PrefixCache.Known known(Asked asked) {
    if (!prefixes.fits(1)) {
      return new PrefixCache.Known(null, 0);
    }
    PrefixCache.Known known = prefixes.find(asked.prompt().marks());
    // The last token is run in any case: its scores are not kept.
    return new PrefixCache.Known(
        known.cache(), Math.min(known.tokens(), asked.prompt().length() - 1));
  }

  /**
   * Prompts that have been run, and the first tokens of their answers.
   *
   * @param owner frees their native memory
   * @param pieces the tokens of each prompt in the cache
   * @param members the answers to each prompt
   */
  private record Prefilled(Runnable owner, List<Piece> pieces, List<List<Member>> members) {

    /** Adds the answers that have not ended with their first token. */
    void enter(List<Member> all, List<OpenSequences.Newcomers> newcomers) {
      List<Long> rows = new ArrayList<>(); // of pieces that are cut alike, to be taken as one
      for (int i = 0; i < pieces.size(); i++) {
        Piece piece = pieces.get(i);
        for (Member member : members.get(i)) {
          if (member.row().result == null) {
            rows.add(piece.rows()[0]);
            all.add(member);
          }
        }
        boolean more = i + 1 < pieces.size() && pieces.get(i + 1).from() == piece.from();
        if (!more && !rows.isEmpty()) {
          long[] taken = rows.stream().mapToLong(Long::longValue).toArray();
          newcomers.add(
              new OpenSequences.Newcomers(
                  new Piece(piece.cache(), taken, piece.from(), piece.to())));
          rows.clear();
        }
      }
    }
  }

  private Prefilled prefill(List<Asked> unknown) {
    try (Scope scope = Scope.open()) {
      List<Prompt> prompts = unknown.stream().map(Asked::prompt).toList();
      Sequences.Started started = PromptedSequences.beginApart(lm, prompts, 1);
      PromptedSequences run = (PromptedSequences) started.sequences();
      try {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
          long[] row = {i};
          pieces.add(new Piece(run.cache(), row, run.padding(i), run.cache().length()));
        }
        return begun(unknown, run::close, pieces, new int[prompts.size()], started.scores());
      } catch (RuntimeException | Error e) {
        run.close();
        throw e;
      }
    }
  }

  private Prefilled continued(Asked asked, PrefixCache.Known known) {
    int length = asked.prompt().length();
    long[] row = {0};
    Piece before = new Piece(known.cache(), row, 0, known.tokens());
    KvCache cache = KvCache.joined(List.of(before), length);
    try (Scope scope = Scope.open()) {
      Tensor whole = Tensors.cat(0, asked.prompt().embed(lm).toArray(Tensor[]::new)); // [T, D]
      Tensor rest = whole.narrow(0, known.tokens(), length - (long) known.tokens());
      Tensor hidden = lm.hidden(rest.unsqueeze(0), null, null, cache);
      Tensor last = lm.logits(hidden.select(1, hidden.size(1) - 1)); // [1, V]
      Piece piece = new Piece(cache, row, 0, length);
      return begun(List.of(asked), cache::close, List.of(piece), new int[] {known.tokens()}, last);
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
  }

  private Prefilled begun(
      List<Asked> asked, Runnable owner, List<Piece> pieces, int[] known, Tensor firstScores) {
    scores.read(firstScores);
    List<List<Member>> all = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      remember(asked.get(i), pieces.get(i));
      asked.get(i).listener().begun(asked.get(i).prompt().length(), known[i]);
      List<Member> answers = members(asked.get(i), null);
      for (Member member : answers) {
        choose(member, i);
      }
      all.add(answers);
    }
    return new Prefilled(owner, pieces, all);
  }

  private void remember(Asked asked, Piece piece) {
    long bytes = piece.cache().bytes() / piece.cache().batch();
    if (prefixes.fits(bytes)) {
      long[] marks = asked.prompt().marks();
      if (prefixes.find(marks).tokens() < marks.length) {
        prefixes.add(marks, KvCache.joined(List.of(piece), marks.length));
      }
    }
  }

  private List<Member> members(Asked asked, Tensor last) {
    GenerationConfig config = asked.config();
    Chooser chooser = new Chooser(config, new Texts(tokenizer, config.stop()), lm.vocabulary());
    SplittableRandom seeds = chooser.seeds();
    List<Member> answers = new ArrayList<>();
    for (int answer = 0; answer < config.numReturn(); answer++) {
      Chooser.Row row = chooser.row(answer, asked.prompt().history(lm), seeds);
      row.ends = asked.ends() - 1;
      Tensor own = last == null || answer == 0 ? last : Scope.release(new Tensor(last));
      answers.add(new Member(asked, chooser, row, own));
    }
    return answers;
  }

  /** Lets every answer grow by a token; false if there was none. */
  public boolean step() {
    int open = size();
    if (open < members.size() && (open == 0 || isWorthMoving(members.size() - open))) {
      keepOpen();
    }
    if (open == 0) {
      return false;
    }
    if (sequences.full()) {
      sequences.renew(List.of());
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      scores.read(sequences.step(input()));
    }
    for (int r = 0; r < members.size(); r++) {
      Member member = members.get(r);
      if (isOpen(member)) {
        choose(member, r);
      }
      if (member.last() != null) {
        member.last().close();
        members.set(r, member.begun());
      }
    }
    return true;
  }

  /** What each row is given, {@code [R, 1, D]}: its newest token, or its prompt's last position. */
  private Tensor input() {
    int[] ids =
        members.stream()
            .map(member -> member.row().sequence)
            .mapToInt(sequence -> sequence.generated() == 0 ? 0 : sequence.last())
            .toArray();
    Tensor input = lm.embed(Tensors.to(Tensors.ofInts(ids), lm.device()).view(ids.length, 1));
    for (int r = 0; r < ids.length; r++) {
      if (members.get(r).last() != null) {
        input.select(0, r).select(0, 0).copy_(members.get(r).last());
      }
    }
    return input;
  }

  /** One in eight rows that are run for nothing takes more than moving others into their places. */
  private boolean isWorthMoving(int ended) {
    return 8 * ended >= members.size();
  }

  /** Goes on without the rows that have ended; the last ones take the places of the others. */
  private void keepOpen() {
    int[] open = open();
    int[] order = IntStream.range(0, open.length).toArray();
    int mover = open.length - 1;
    for (int place = 0; place < order.length; place++) {
      if (!isOpen(members.get(place))) {
        order[place] = open[mover--];
      }
    }
    sequences.keep(order);
    for (Member member : members) {
      if (!isOpen(member) && member.last() != null) {
        member.last().close();
      }
    }
    members = new ArrayList<>(Arrays.stream(order).mapToObj(members::get).toList());
    left.clear();
  }

  private void choose(Member member, int r) {
    int id = member.chooser().choose(member.row(), r, scores);
    Asked asked = member.asked();
    Chooser.Row row = member.row();
    Token token = scores.token(r, id, asked.likely(), lm.vocabulary());
    asked.listener().token(row.index, token);
    if (row.result != null) {
      asked.listener().ended(row.index, row.result);
    }
  }

  /** Gives up the answers to a prompt; nothing more is told of them. */
  public void leave(Asked asked) {
    left.add(asked);
  }

  private int[] open() {
    IntPredicate isOpen = row -> isOpen(members.get(row));
    return IntStream.range(0, members.size()).filter(isOpen).toArray();
  }

  private boolean isOpen(Member member) {
    return member.row().result == null && !left.contains(member.asked());
  }

  @Override
  public void close() {
    members.stream().map(Member::last).filter(Objects::nonNull).forEach(Tensor::close);
    sequences.close();
    prefixes.close();
  }
}
