package io.lorgnette.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Jobs that wait: clients take turns, whoever has many waits behind whoever has few. Not safe for
 * use by several threads; its owner locks.
 */
final class FairQueue {

  private final int capacity;
  private final int perClient;
  private final Map<String, Deque<Job>> waiting = new LinkedHashMap<>(); // whose turn is next first
  private int size;

  FairQueue(int capacity, int perClient) {
    this.capacity = capacity;
    this.perClient = perClient;
  }

  int size() {
    return size;
  }

  /**
   * Lets a job wait.
   *
   * @param ahead jobs that have left the queue and wait all the same
   * @throws ApiException if too many do
   */
  void add(Job job, int ahead) {
    Deque<Job> own = waiting.get(job.client());
    if (own != null && own.size() >= perClient) {
      throw ApiException.tooMany(
          "this client has " + own.size() + " requests waiting, which is the limit; try later");
    }
    if (size + ahead >= capacity) {
      throw ApiException.tooMany(
          size + ahead + " requests are waiting, which is the limit; try later");
    }
    waiting.computeIfAbsent(job.client(), client -> new ArrayDeque<>()).add(job);
    size++;
  }

  /** The job whose turn it is, which goes on waiting; null if there is none. */
  Job peek() {
    return size == 0 ? null : waiting.values().iterator().next().peek();
  }

  /** The job whose turn it is; null if there is none. */
  Job take() {
    if (size == 0) {
      return null;
    }
    Iterator<Map.Entry<String, Deque<Job>>> first = waiting.entrySet().iterator();
    Map.Entry<String, Deque<Job>> turn = first.next();
    String client = turn.getKey();
    Deque<Job> own = turn.getValue();
    Job job = own.remove();
    first.remove();
    if (!own.isEmpty()) {
      waiting.put(client, own);
    }
    size--;
    return job;
  }

  /** Drops those for which it is too late, which are told so, or nobody waits. */
  void dropStale() {
    size = 0;
    for (Iterator<Deque<Job>> clients = waiting.values().iterator(); clients.hasNext(); ) {
      Deque<Job> own = clients.next();
      own.removeIf(Job::lapsed);
      size += own.size();
      if (own.isEmpty()) {
        clients.remove();
      }
    }
  }
}
