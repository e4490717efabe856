package io.lorgnette.langchain4j;

import java.io.IOException;
import java.net.URI;

/**
 * Brings an image from an address. Nothing is fetched unless a caller gives one of these, for who
 * writes a message could make a program ask addresses that only it can reach: check the host, and
 * follow no redirect. Must be safe for use by several threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ImageFetcher {

  /**
   * The bytes of an image file.
   *
   * @param address with scheme http or https
   * @throws IOException if there is none, or it is not allowed
   */
  byte[] fetch(URI address) throws IOException;
}
