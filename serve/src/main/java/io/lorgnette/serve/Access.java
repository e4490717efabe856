package io.lorgnette.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who may come in. Immutable. */
final class Access {

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String BEARER = "Bearer ";

  private final Optional<byte[]> key;
  private final boolean loopback;

  Access(ServerConfig config) {
    key = config.apiKey().map(text -> text.getBytes(StandardCharsets.UTF_8));
    loopback = config.loopback();
  }

  /**
   * Refuses requests that pages of other sites make in somebody's browser. A server without a key
   * trusts whoever is on its machine, which such a page is not.
   *
   * @throws ApiException if it is one
   */
  void checkOrigin(Exchange exchange) {
    String host = exchange.header("Host");
    if (loopback && host != null && !THIS_MACHINE.contains(name(host))) {
      throw ApiException.forbidden(
          "this server listens to this machine alone; call it localhost or 127.0.0.1");
    }
    String origin = exchange.header("Origin");
    if (origin != null && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(host)) {
      throw ApiException.forbidden("pages of other sites may not use this server");
    }
  }

  private static String name(String host) {
    return host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
  }

  /**
   * Wants the key, if there is one.
   *
   * @throws ApiException if the request does not bring it
   */
  void checkKey(Exchange exchange) {
    if (key.isEmpty()) {
      return;
    }
    String given = exchange.header("Authorization");
    boolean bearer = given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String token = bearer ? given.substring(BEARER.length()).strip() : "";
    // Takes as long for a key that is nearly right.
    if (!MessageDigest.isEqual(key.get(), token.getBytes(StandardCharsets.UTF_8))) {
      throw ApiException.unauthorized(
          "this server wants its API key, as 'Authorization: Bearer KEY'");
    }
  }
}
