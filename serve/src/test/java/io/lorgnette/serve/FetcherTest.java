package io.lorgnette.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of other hosts, from a host of our own. */
class FetcherTest {

  private static final int MOST = 1000;

  @TempDir static Path folder;

  private static Server host;
  private static int port;
  private static SslContextFactory.Client trust;

  @BeforeAll
  static void start() throws Exception {
    Path keystore = folder.resolve("host.p12");
    Keys.write(keystore, "changeit");
    SslContextFactory.Server keys = new SslContextFactory.Server();
    keys.setKeyStorePath(keystore.toString());
    keys.setKeyStorePassword("changeit");
    HttpConfiguration http = new HttpConfiguration();
    http.addCustomizer(new SecureRequestCustomizer(false));
    host = new Server();
    ServerConnector connector =
        new ServerConnector(
            host, new SslConnectionFactory(keys, "http/1.1"), new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    host.addConnector(connector);
    host.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            switch (Request.getPathInContext(request)) {
              case "/image" -> Content.Sink.write(response, true, "the image", callback);
              case "/large" -> Content.Sink.write(response, true, "x".repeat(MOST + 1), callback);
              case "/moved" -> {
                response.setStatus(302);
                response.getHeaders().put(HttpHeader.LOCATION, "/image");
                callback.succeeded();
              }
              default -> {
                return false;
              }
            }
            return true;
          }
        });
    host.start();
    port = connector.getLocalPort();
    trust = new SslContextFactory.Client();
    trust.setTrustStorePath(keystore.toString());
    trust.setTrustStorePassword("changeit");
  }

  @AfterAll
  static void stop() throws Exception {
    host.stop();
  }

  private static String url(String path) {
    return "https://localhost:" + port + path;
  }

  private static Fetcher fetcher() {
    return new Fetcher(Set.of("localhost:" + port), MOST, InetAddress::isLoopbackAddress, trust);
  }

  @Test
  void anAllowedHostGivesItsImage() {
    try (Fetcher fetcher = fetcher()) {
      assertThat(fetcher.fetch(url("/image"), "url"))
          .isEqualTo("the image".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void redirectsAreNotFollowedAndSizesAreLimited() {
    try (Fetcher fetcher = fetcher()) {
      assertThatThrownBy(() -> fetcher.fetch(url("/moved"), "url"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("status 302");
      assertThatThrownBy(() -> fetcher.fetch(url("/large"), "url"))
          .hasMessageContaining("more than 1000 bytes");
      assertThatThrownBy(() -> fetcher.fetch(url("/none"), "url"))
          .hasMessageContaining("status 404");
    }
  }

  @Test
  void anAllowedNameMayNotLeadInside() {
    SslContextFactory.Client same = new SslContextFactory.Client(true);
    try (Fetcher fetcher =
        new Fetcher(Set.of("localhost:" + port), MOST, Fetcher::isPublic, same)) {
      assertThatThrownBy(() -> fetcher.fetch(url("/image"), "url"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("can not be reached, or may not be");
    }
  }

  @Test
  void aHostThatIsNotTrustedIsNotBelieved() {
    SslContextFactory.Client usual = new SslContextFactory.Client();
    try (Fetcher fetcher =
        new Fetcher(Set.of("localhost:" + port), MOST, InetAddress::isLoopbackAddress, usual)) {
      assertThatThrownBy(() -> fetcher.fetch(url("/image"), "url"))
          .hasMessageContaining("can not be reached");
    }
  }

  @Test
  void otherHostsAreNotAsked() {
    try (Fetcher fetcher = new Fetcher(Set.of("images.example"), MOST)) {
      for (String url :
          new String[] {
            "https://other.example/a.png",
            "https://images.example.other.example/a.png",
            "https://images.example:8443/a.png",
            "https://images.example@other.example/a.png",
            "https://user@images.example/a.png",
            "https:///a.png",
            "https://images.example/a b"
          }) {
        assertThatThrownBy(() -> fetcher.fetch(url, "url"))
            .as(url)
            .isInstanceOf(ApiException.class)
            .hasMessageMatching(".*(no such host|is not a).*");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::ffff:10.0.0.1"
      })
  void addressesInsideAreNotPublic(String address) throws Exception {
    assertThat(Fetcher.isPublic(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "93.184.216.34", "192.0.1.1", "2606:4700::1111"})
  void otherAddressesArePublic(String address) throws Exception {
    assertThat(Fetcher.isPublic(InetAddress.getByName(address))).isTrue();
  }
}
