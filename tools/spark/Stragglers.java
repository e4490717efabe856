import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Simulates a job of equal units on executors of which some are slow and some are lost: {@code java
 * tools/spark/Stragglers.java}. A lost executor loses the units in work, not those that are done,
 * and is replaced after a while. With speculation a second attempt begins when nothing else waits
 * and a unit takes half as long again as is usual.
 */
public class Stragglers {

  static final int HOSTS = 64;
  static final int SLOTS = 32; // tasks of one executor
  static double unitSeconds = 600; // seconds of a unit of 10,000 images on a host that is not slow
  static final double RESTART = 120; // seconds until an executor is replaced, its model loaded

  record Result(double hours, double lost, int redone) {}

  /** One attempt at a unit. */
  static final class Attempt {
    final int unit;
    final int host;
    final double begin;
    final double end;
    boolean dead;

    Attempt(int unit, int host, double begin, double end) {
      this.unit = unit;
      this.host = host;
      this.begin = begin;
      this.end = end;
    }
  }

  record Event(double time, Attempt attempt, int host, boolean loss) {}

  static Result run(int units, double slowShare, double slowness, double lossHours, boolean speculate, long seed) {
    Random random = new Random(seed);
    double[] speed = new double[HOSTS];
    for (int i = 0; i < HOSTS; i++) {
      speed[i] = random.nextDouble() < slowShare ? slowness : 1;
    }
    PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::time));
    List<Deque<Attempt>> running = new ArrayList<>();
    Deque<Integer> waiting = new ArrayDeque<>();
    for (int i = 0; i < units; i++) {
      waiting.add(i);
    }
    boolean[] done = new boolean[units];
    int[] attempts = new int[units];
    double[] free = new double[HOSTS]; // time from which a host takes work
    for (int host = 0; host < HOSTS; host++) {
      running.add(new ArrayDeque<>());
      if (lossHours > 0) {
        events.add(new Event(-Math.log(1 - random.nextDouble()) * lossHours * 3600, null, host, true));
      }
      events.add(new Event(0, null, host, false));
    }
    int left = units;
    int redone = 0;
    double lost = 0;
    double now = 0;
    while (left > 0) {
      Event event = events.remove();
      now = event.time;
      int host = event.host;
      if (event.loss) {
        for (Attempt attempt : running.get(host)) {
          attempt.dead = true;
          lost += now - attempt.begin;
          if (!done[attempt.unit] && --attempts[attempt.unit] == 0) {
            waiting.addFirst(attempt.unit);
            redone++;
          }
        }
        running.get(host).clear();
        free[host] = now + RESTART;
        events.add(new Event(free[host], null, host, false));
        events.add(new Event(now - Math.log(1 - random.nextDouble()) * lossHours * 3600, null, host, true));
      } else if (event.attempt != null) {
        if (event.attempt.dead) {
          continue;
        }
        running.get(host).remove(event.attempt);
        if (!done[event.attempt.unit]) {
          done[event.attempt.unit] = true;
          left--;
        } else {
          lost += now - event.attempt.begin;
        }
      }
      if (speculate && waiting.isEmpty() && left > 0 && now >= free[host] && speed[host] == 1) {
        for (Deque<Attempt> others : running) {
          for (Attempt attempt : others) {
            if (!done[attempt.unit] && attempts[attempt.unit] == 1 && now - attempt.begin > 1.5 * unitSeconds) {
              waiting.add(attempt.unit);
            }
          }
        }
      }
      while (now >= free[host] && !waiting.isEmpty() && running.get(host).size() < SLOTS) {
        int unit = waiting.remove();
        double length = unitSeconds * speed[host] * (0.9 + 0.2 * random.nextDouble());
        Attempt attempt = new Attempt(unit, host, now, now + length);
        attempts[unit]++;
        running.get(host).add(attempt);
        events.add(new Event(attempt.end, attempt, host, false));
      }
    }
    return new Result(now / 3600, lost / 3600, redone);
  }

  public static void main(String[] arguments) {
    int units = 129_000_000 / 10_000;
    double ideal = units * unitSeconds / (HOSTS * SLOTS) / 3600;
    System.out.printf(Locale.ROOT, "%,d units of %.0f s on %d executors of %d tasks, ideally %.2f hours%n%n", units, unitSeconds, HOSTS, SLOTS, ideal);
    System.out.println("| what happens | speculation | hours, mean of 20 (most) | task hours lost | units done again |");
    System.out.println("|---|---|---|---|---|");
    row("nothing", units, 0, 1, 0, false);
    row("5 % of the hosts three times slower", units, 0.05, 3, 0, false);
    row("5 % of the hosts three times slower", units, 0.05, 3, 0, true);
    row("each executor lost once in 10 hours", units, 0, 1, 10, false);
    row("each executor lost once an hour", units, 0, 1, 1, false);
    row("both: slow ones, and lost once an hour", units, 0.05, 3, 1, false);
    row("both: slow ones, and lost once an hour", units, 0.05, 3, 1, true);
    unitSeconds /= 10;
    row("units of 1,000 images: nothing", 10 * units, 0, 1, 0, false);
    row("units of 1,000 images: slow ones, and lost once an hour", 10 * units, 0.05, 3, 1, false);
    row("units of 1,000 images: slow ones, and lost once an hour", 10 * units, 0.05, 3, 1, true);
  }

  static void row(String what, int units, double share, double slowness, double lossHours, boolean speculate) {
    double hours = 0;
    double most = 0;
    double lost = 0;
    double redone = 0;
    for (int seed = 0; seed < 20; seed++) {
      Result result = run(units, share, slowness, lossHours, speculate, seed);
      hours += result.hours / 20;
      most = Math.max(most, result.hours);
      lost += result.lost / 20;
      redone += result.redone / 20.0;
    }
    System.out.printf(Locale.ROOT, "| %s | %s | %.2f (%.2f) | %.0f | %.0f |%n", what, speculate ? "on" : "off", hours, most, lost, redone);
  }
}
