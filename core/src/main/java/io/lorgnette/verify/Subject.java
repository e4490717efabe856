package io.lorgnette.verify;

import io.lorgnette.error.InputException;
import io.lorgnette.language.HfFields;
import io.lorgnette.published.Blip2Matcher;
import java.nio.file.Files;
import java.nio.file.Path;

/** What kind of model is verified: the closed list, by the {@code model_type} of a folder. */
enum Subject {
  LANGUAGE_MODEL {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      LanguageSubject.compare(folder, recording, comparison);
    }
  },
  ENCODER {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      EncoderSubject.encoder(folder, recording, comparison);
    }
  },
  PAIR {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      if (recording.has("input_ids")) {
        EncoderSubject.pair(folder, recording, comparison);
      } else {
        EncoderSubject.encoder(folder, recording, comparison);
      }
    }
  },
  TEXT_ENCODER {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      EncoderSubject.text(folder, recording, comparison);
    }
  },
  MATCHER {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      WholeSubject.matcher(folder, recording, comparison);
    }
  },
  WRITER {
    @Override
    void run(Path folder, Recording recording, Comparison comparison) {
      WholeSubject.writer(folder, recording, comparison);
    }
  };

  private static final String CONFIG = "config.json";

  abstract void run(Path folder, Recording recording, Comparison comparison);

  /** Compares, and tells what kind the model is. */
  String compare(Path folder, Recording recording, Comparison comparison) {
    run(folder, recording, comparison);
    return type(folder);
  }

  private static String type(Path folder) {
    return isOpenClip(folder)
        ? "open_clip"
        : HfFields.ofModel(folder).text("model_type", "unnamed");
  }

  private static boolean isOpenClip(Path folder) {
    return !Files.exists(folder.resolve(CONFIG))
        && Files.exists(folder.resolve("open_clip_config.json"));
  }

  /**
   * The kind of a folder's model.
   *
   * @throws InputException if the folder has no configuration or one of another kind
   */
  static Subject of(Path folder) {
    if (isOpenClip(folder)) {
      return PAIR;
    }
    HfFields config = HfFields.ofModel(folder);
    String type = config.text("model_type", "");
    return switch (type) {
      case "gpt2", "gpt_neo", "gptj", "opt", "llama", "mistral", "qwen2", "qwen3", "t5", "bart" ->
          LANGUAGE_MODEL;
      case "clip", "siglip", "siglip2" -> PAIR;
      case "clip_text_model", "siglip_text_model", "siglip2_text_model" -> TEXT_ENCODER;
      // Those of our own and of timm are told by other keys; the encoders' own list refuses others.
      case "",
          "clip_vision_model",
          "clip-resnet",
          "siglip_vision_model",
          "siglip2_vision_model",
          "blip_2_vision_model",
          "instructblip_vision_model",
          "dinov2",
          "dinov2_with_registers",
          "beit",
          "eva-vit",
          "nf-resnet",
          "efficientnet-lite" ->
          ENCODER;
      case "blip-2" -> Blip2Matcher.describes(config) ? MATCHER : WRITER;
      case "instructblip", "llava" -> WRITER;
      default ->
          throw new InputException(
              config.file()
                  + " has model_type '"
                  + type
                  + "'; those that can be verified are gpt2, gpt_neo, gptj, opt, llama, mistral,"
                  + " qwen2, qwen3, t5, bart, clip, siglip, siglip2 and their vision and"
                  + " text models, dinov2, beit, eva-vit, nf-resnet, efficientnet-lite, blip-2, instructblip"
                  + " and llava");
    };
  }
}
