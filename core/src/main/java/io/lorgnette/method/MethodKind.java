package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The systems that can be built, by name: the one closed list. */
public enum MethodKind {
  MAPL("MAPL", "trains a mapping network between two frozen models", Mapl.Config::read),
  MAPL_BLIND(
      "MAPL-blind", "MAPL without sight: a learned prefix, no image", MaplBlind.Config::read),
  BLIP2("BLIP-2, stage 2", "trains a Q-Former between two frozen models", Blip2.Config::read),
  INSTRUCT_BLIP(
      "InstructBLIP", "trains a Q-Former that reads the question too", InstructBlip.Config::read),
  CLIP_CAP("ClipCap", "trains a mapping network on one image embedding", ClipCap.Config::read),
  LIMBER("LiMBeR", "trains one linear map between two frozen models", Limber.Config::read),
  MINIGPT4("MiniGPT-4", "trains one linear map behind a frozen Q-Former", MiniGpt4.Config::read),
  LLAVA("LLaVA-1.5", "trains two linear maps between two frozen models", Llava.Config::read),
  FROZEN("Frozen", "trains a vision encoder from scratch", Frozen.Config::read),
  MAGMA("MAGMA", "trains adapters in the language model, and the encoder", Magma.Config::read),
  FLAMINGO("Flamingo", "trains cross-attention in the language model", Flamingo.Config::read),
  FINE_TUNE("Fine-tuning", "trains the whole language model", FineTune.Config::read),
  LORA("LoRA", "trains low-rank updates of the language model", Lora.Config::read),
  VLKD("VLKD", "trains a whole BART with a frozen CLIP as its teacher", Vlkd.Config::read);

  private final String title;
  private final String approach;

  @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
  private final Function<RecipeNode, MethodConfig> reader;

  MethodKind(String title, String approach, Function<RecipeNode, MethodConfig> reader) {
    this.title = title;
    this.approach = approach;
    this.reader = reader;
  }

  /** The name in recipes, checkpoints and JSON. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** What is trained and how, in a few words. */
  public String approach() {
    return approach;
  }

  /**
   * Reads a system's sizes, with published defaults; it asks for its own keys only.
   *
   * @throws InputException naming key and line
   */
  public MethodConfig config(RecipeNode recipe) {
    return reader.apply(recipe);
  }

  /** A system with its published sizes. */
  public MethodConfig published() {
    return RecipeReader.readText("", id(), List.of(), reader).value();
  }

  /**
   * The method of a name.
   *
   * @param place where the name was read, for the message
   * @throws InputException naming the known ones
   */
  public static MethodKind named(String id, String place) {
    return Arrays.stream(values())
        .filter(method -> method.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    place
                        + " names the method '"
                        + id
                        + "'; known are "
                        + Arrays.stream(values())
                            .map(MethodKind::id)
                            .collect(Collectors.joining(", "))
                        + "; use a newer version of this program or another file"));
  }
}
