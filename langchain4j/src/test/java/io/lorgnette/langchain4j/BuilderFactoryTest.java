package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.langchain4j.spi.LorgnetteChatModelBuilderFactory;
import io.lorgnette.langchain4j.spi.LorgnetteEmbeddingModelBuilderFactory;
import io.lorgnette.langchain4j.spi.LorgnetteStreamingChatModelBuilderFactory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builders of a framework's own. */
class BuilderFactoryTest {

  /** A framework's builder. */
  public static final class OwnChat extends LorgnetteChatModel.Builder {}

  /** Found by its name in a services file. */
  public static final class ChatFactory implements LorgnetteChatModelBuilderFactory {
    @Override
    public LorgnetteChatModel.Builder get() {
      return new OwnChat();
    }
  }

  /** A framework's builder. */
  public static final class OwnStreaming extends LorgnetteStreamingChatModel.Builder {}

  /** Found by its name in a services file. */
  public static final class StreamingFactory implements LorgnetteStreamingChatModelBuilderFactory {
    @Override
    public LorgnetteStreamingChatModel.Builder get() {
      return new OwnStreaming();
    }
  }

  /** A framework's builder. */
  public static final class OwnEmbedding extends LorgnetteEmbeddingModel.Builder {}

  /** Found by its name in a services file. */
  public static final class EmbeddingFactory implements LorgnetteEmbeddingModelBuilderFactory {
    @Override
    public LorgnetteEmbeddingModel.Builder get() {
      return new OwnEmbedding();
    }
  }

  @Test
  void aFactoryThatIsFoundMakesTheBuilder(@TempDir Path folder) throws IOException {
    assertThat(LorgnetteChatModel.builder()).isExactlyInstanceOf(LorgnetteChatModel.Builder.class);
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Map<Class<?>, Class<?>> factories =
        Map.of(
            LorgnetteChatModelBuilderFactory.class,
            ChatFactory.class,
            LorgnetteStreamingChatModelBuilderFactory.class,
            StreamingFactory.class,
            LorgnetteEmbeddingModelBuilderFactory.class,
            EmbeddingFactory.class);
    for (Map.Entry<Class<?>, Class<?>> factory : factories.entrySet()) {
      Files.writeString(services.resolve(factory.getKey().getName()), factory.getValue().getName());
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] there = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(there, before)) {
      thread.setContextClassLoader(loader);
      assertThat(LorgnetteChatModel.builder()).isInstanceOf(OwnChat.class);
      assertThat(LorgnetteStreamingChatModel.builder()).isInstanceOf(OwnStreaming.class);
      assertThat(LorgnetteEmbeddingModel.builder()).isInstanceOf(OwnEmbedding.class);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
