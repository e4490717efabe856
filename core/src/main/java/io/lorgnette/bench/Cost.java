package io.lorgnette.bench;

/**
 * What one run of a stage costs at least, whoever computes it.
 *
 * @param multiplyAdds of its matrix products and convolutions
 * @param bytes that it must read from memory: weights and caches, once each
 */
public record Cost(double multiplyAdds, double bytes) {

  /** Where neither tells how fast it could be. */
  public static final Cost UNKNOWN = new Cost(0, 0);

  /** Both, so many times. */
  Cost times(double count) {
    return new Cost(multiplyAdds * count, bytes * count);
  }

  /** Both together. */
  Cost plus(Cost other) {
    return new Cost(multiplyAdds + other.multiplyAdds, bytes + other.bytes);
  }
}
