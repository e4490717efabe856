package io.lorgnette.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Fetches images from hosts that the server's owner allows, and from no others: https only, no
 * redirects, no address inside a private network, with limits of size and time. The addresses that
 * are checked are those that are dialled. Safe for use by several threads.
 */
final class Fetcher implements AutoCloseable {

  private static final long SECONDS = 10;
  private static final int HTTPS = 443;

  private final Set<String> hosts;
  private final long maxBytes;
  private final HttpClient client; // null where nothing is allowed

  /**
   * @param hosts {@code name} or {@code name:port}, in lower case
   * @param maxBytes of an image
   */
  Fetcher(Set<String> hosts, long maxBytes) {
    this(hosts, maxBytes, Fetcher::isPublic, new SslContextFactory.Client());
  }

  /** As the other, with a check of addresses and trust of the caller's. */
  Fetcher(
      Set<String> hosts,
      long maxBytes,
      Predicate<InetAddress> allowed,
      SslContextFactory.Client trust) {
    this.hosts = Set.copyOf(hosts);
    this.maxBytes = maxBytes;
    this.client = hosts.isEmpty() ? null : client(allowed, trust);
  }

  private static HttpClient client(Predicate<InetAddress> allowed, SslContextFactory.Client trust) {
    HttpClient client = new HttpClient();
    client.setSslContextFactory(trust);
    client.setFollowRedirects(false);
    client.setMaxConnectionsPerDestination(8);
    client.setMaxRequestsQueuedPerDestination(64);
    client.setConnectTimeout(TimeUnit.SECONDS.toMillis(SECONDS));
    client.setIdleTimeout(TimeUnit.SECONDS.toMillis(SECONDS));
    client.setSocketAddressResolver(new Resolver(allowed));
    client.getContentDecoderFactories().clear();
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the client for remote images does not start", e);
    }
    return client;
  }

  /** Resolves names to addresses all of which are allowed. */
  private record Resolver(Predicate<InetAddress> allowed) implements SocketAddressResolver {

    @Override
    public void resolve(
        String host,
        int port,
        Map<String, Object> context,
        Promise<List<InetSocketAddress>> promise) {
      try {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
          if (!allowed.test(address)) {
            promise.failed(new UnknownHostException("an address of the host is not public"));
            return;
          }
          addresses.add(new InetSocketAddress(address, port));
        }
        promise.succeeded(addresses);
      } catch (UnknownHostException e) {
        promise.failed(e);
      }
    }
  }

  /** Whether an address is neither this machine's nor that of a private network. */
  static boolean isPublic(InetAddress address) {
    if (address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (address instanceof Inet4Address) {
      boolean shared = first == 100 && second >= 64 && second < 128; // RFC 6598
      boolean benchmark = first == 198 && (second == 18 || second == 19);
      boolean special = first == 192 && second == 0 && bytes[2] == 0;
      return first != 0 && first < 240 && !shared && !benchmark && !special;
    }
    return address instanceof Inet6Address six && isPublic(six, first, second);
  }

  private static boolean isPublic(Inet6Address address, int first, int second) {
    byte[] bytes = address.getAddress();
    boolean unique = (first & 0xfe) == 0xfc;
    boolean translated = first == 0 && second == 0x64; // 64:ff9b::/96 leads to IPv4
    boolean tunnel =
        first == 0x20 && (second == 0x02 || (second == 1 && bytes[2] == 0 && bytes[3] == 0));
    return !unique && !translated && !tunnel && !address.isIPv4CompatibleAddress();
  }

  /**
   * The bytes of an image.
   *
   * @param parameter field of the request that holds the URL
   * @throws ApiException if its host is not allowed, or does not give it
   */
  byte[] fetch(String url, String parameter) {
    URI uri = uri(url, parameter);
    try (InputStreamListener listener = new InputStreamListener()) {
      client.newRequest(uri).timeout(SECONDS, TimeUnit.SECONDS).send(listener.jetty());
      Response response = listener.jetty().get(SECONDS, TimeUnit.SECONDS);
      if (response.getStatus() != 200) {
        throw failed(parameter, "its host answered with status " + response.getStatus());
      }
      byte[] bytes =
          listener
              .jetty()
              .getInputStream()
              .readNBytes((int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 16));
      if (bytes.length > maxBytes) {
        throw failed(parameter, "it has more than " + maxBytes + " bytes");
      }
      return bytes;
    } catch (TimeoutException e) {
      throw failed(parameter, "its host did not answer in " + SECONDS + " seconds");
    } catch (ExecutionException | IOException e) {
      throw failed(parameter, "its host can not be reached, or may not be");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.stopping();
    }
  }

  /** A response's content, given up when closed. */
  private record InputStreamListener(InputStreamResponseListener jetty) implements AutoCloseable {

    InputStreamListener() {
      this(new InputStreamResponseListener());
    }

    @Override
    public void close() throws IOException {
      InputStream in = jetty.getInputStream();
      in.close();
    }
  }

  private URI uri(String url, String parameter) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw failed(parameter, "it is not a URL");
    }
    if (!"https".equalsIgnoreCase(uri.getScheme())
        || uri.getHost() == null
        || uri.getUserInfo() != null) {
      throw failed(parameter, "it is not an https URL of a host");
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
    boolean named = hosts.contains(host + ":" + port);
    if (client == null || !(named || (port == HTTPS && hosts.contains(host)))) {
      throw failed(
          parameter,
          "this server fetches images from no such host; send it as data:image/...;base64,...");
    }
    return uri;
  }

  private static ApiException failed(String parameter, String why) {
    return ApiException.wrong(
        parameter, "invalid_image_url", "the image of " + parameter + " was not fetched: " + why);
  }

  @Override
  public void close() {
    if (client == null) {
      return;
    }
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the client for remote images does not stop", e);
    }
  }
}
