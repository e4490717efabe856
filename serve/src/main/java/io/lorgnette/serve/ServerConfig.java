package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a server listens and whom it lets in.
 *
 * @param host address or name to bind to
 * @param port 0 for any that is free
 * @param apiKey that requests must bring; needed where others than this machine can reach the
 *     server
 * @param tls or empty for plain HTTP
 * @param imageHosts {@code name} or {@code name:port} from which images may be fetched
 */
public record ServerConfig(
    String host,
    int port,
    Optional<String> apiKey,
    Optional<Tls> tls,
    Set<String> imageHosts,
    Limits limits) {

  /**
   * A key and its certificates.
   *
   * @param keystore PKCS #12 or JKS
   */
  public record Tls(Path keystore, String password) {

    @Override
    public String toString() {
      return "Tls[" + keystore + "]";
    }
  }

  public ServerConfig {
    if (port < 0 || port > 65535) {
      throw new InputException("a port is from 0 to 65535, not " + port);
    }
    if (apiKey.isPresent() && apiKey.get().isBlank()) {
      throw new InputException("the API key is empty; give one, or none at all");
    }
    imageHosts =
        imageHosts.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    if (apiKey.isEmpty() && !isLoopback(host)) {
      throw new InputException(
          host
              + " can be reached from other machines, so requests need an API key: set"
              + " LORGNETTE_API_KEY, or listen on 127.0.0.1");
    }
  }

  /** This machine alone. */
  public static ServerConfig local(int port) {
    return new ServerConfig(
        "127.0.0.1", port, Optional.empty(), Optional.empty(), Set.of(), Limits.DEFAULT);
  }

  /** The same with other limits. */
  public ServerConfig withLimits(Limits newLimits) {
    return new ServerConfig(host, port, apiKey, tls, imageHosts, newLimits);
  }

  boolean loopback() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new InputException(host + " is no address of this machine; try 127.0.0.1", e);
    }
  }

  @Override
  public String toString() {
    return "ServerConfig[" + host + ":" + port + ", " + tls + ", " + imageHosts + "]";
  }
}
