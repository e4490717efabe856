package io.lorgnette.examples.spring;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Upload a photo, read its caption, ask about it. */
@SpringBootApplication
public class PhotoApplication {

  /** Starts the application. */
  public static void main(String[] args) {
    SpringApplication.run(PhotoApplication.class, args);
  }

  /** Answers questions. Loaded once for all requests; Spring closes it behind the last of them. */
  @Bean(destroyMethod = "close")
  VisionLanguageModel answers() {
    return VisionLanguageModel.load(
        Pocket.vision(),
        Pocket.languageModel(),
        Pocket.connector("answers"),
        Numerics.choose(Device.CPU, Numerics.Format.AUTO, 0));
  }

  /** Writes captions, with the same frozen pair; Spring closes it before the one it came from. */
  @Bean(destroyMethod = "close")
  VisionLanguageModel captions(@Qualifier("answers") VisionLanguageModel answers) {
    return answers.beside(Pocket.connector("captions"));
  }

  /** What {@code /actuator/health} says of the models. */
  @Bean
  HealthIndicator lorgnette(
      @Qualifier("answers") VisionLanguageModel answers,
      @Qualifier("captions") VisionLanguageModel captions) {
    return () -> (answers.isOpen() && captions.isOpen() ? Health.up() : Health.down()).build();
  }
}
