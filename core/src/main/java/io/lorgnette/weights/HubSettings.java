package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the hub and its cache are, by the environment variables that Hugging Face's own programs
 * read.
 *
 * @param endpoint address of the hub, without a slash at its end
 * @param cache folder that holds {@code models--org--name}
 * @param token proof of who asks, if there is one
 * @param offline whether nothing may be fetched
 */
record HubSettings(URI endpoint, Path cache, Optional<String> token, boolean offline) {

  private static final String ENDPOINT = "https://huggingface.co";

  /**
   * Reads {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code HF_TOKEN} and so on.
   */
  static HubSettings of(Map<String, String> environment) {
    String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
    return new HubSettings(
        endpoint(endpoint.isBlank() ? ENDPOINT : endpoint),
        cache(environment),
        token(environment),
        isOn(environment.get("HF_HUB_OFFLINE")) || isOn(environment.get("TRANSFORMERS_OFFLINE")));
  }

  static URI endpoint(String text) {
    try {
      URI uri = new URI(text.strip().replaceFirst("/+$", ""));
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getQuery() == null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below, as any other text that is no address.
    }
    throw new InputException(
        "\"" + text + "\" is no address of a hub; HF_ENDPOINT is one like " + ENDPOINT);
  }

  private static Path home(Map<String, String> environment) {
    if (has(environment, "HF_HOME")) {
      return path(environment, environment.get("HF_HOME"));
    }
    Path cache =
        has(environment, "XDG_CACHE_HOME")
            ? path(environment, environment.get("XDG_CACHE_HOME"))
            : userHome(environment).resolve(".cache");
    return cache.resolve("huggingface");
  }

  private static Path cache(Map<String, String> environment) {
    for (String name : new String[] {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
      if (has(environment, name)) {
        return path(environment, environment.get(name));
      }
    }
    return home(environment).resolve("hub");
  }

  private static Optional<String> token(Map<String, String> environment) {
    for (String name : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
      if (has(environment, name)) {
        return Optional.of(checked(environment.get(name), name));
      }
    }
    Path file =
        has(environment, "HF_TOKEN_PATH")
            ? path(environment, environment.get("HF_TOKEN_PATH"))
            : home(environment).resolve("token");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      String token = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return token.isBlank() ? Optional.empty() : Optional.of(checked(token, file.toString()));
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e.getMessage() + ")", e);
    }
  }

  /** A token goes into a header, so it must be one plain word; messages never show it. */
  private static String checked(String token, String where) {
    String word = token.strip();
    if (!word.matches("[!-~]{1,512}")) {
      throw new InputException(
          where + ": what it holds is no token; copy the token again, without anything around it");
    }
    return word;
  }

  private static boolean has(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }

  private static boolean isOn(String value) {
    return value != null
        && Set.of("1", "on", "yes", "true").contains(value.strip().toLowerCase(Locale.ROOT));
  }

  private static Path path(Map<String, String> environment, String text) {
    String plain = text.strip();
    return plain.equals("~") || plain.startsWith("~/")
        ? userHome(environment).resolve(plain.substring(Math.min(2, plain.length())))
        : Path.of(plain);
  }

  private static Path userHome(Map<String, String> environment) {
    return Path.of(
        has(environment, "HOME") ? environment.get("HOME") : System.getProperty("user.home"));
  }

  /** Whether a request to this address may carry the token: it must be the hub's own. */
  boolean isHub(URI address) {
    return endpoint.getScheme().equals(address.getScheme())
        && endpoint.getHost().equalsIgnoreCase(address.getHost())
        && port(endpoint) == port(address);
  }

  private static int port(URI address) {
    int standard = "https".equals(address.getScheme()) ? 443 : 80;
    return address.getPort() < 0 ? standard : address.getPort();
  }

  @Override
  public String toString() {
    return "HubSettings[" + endpoint + ", " + cache + (offline ? ", offline]" : "]");
  }
}
