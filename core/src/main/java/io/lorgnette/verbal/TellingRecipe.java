package io.lorgnette.verbal;

import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * Where the words about images come from: a captioner and classifier of our own, or files.
 *
 * @param vision the captioner's encoder
 * @param language the captioner's language model
 * @param captioner its connector: a file or run folder relative to the recipe, or {@code
 *     pocket-NAME}
 * @param beams of its search
 * @param maxTokens of a caption
 * @param tags of each image by the encoder's classifier; 0 for none
 * @param captionFiles made elsewhere, relative to the recipe; where there are some, nothing is
 *     captioned here
 * @param tagFiles made elsewhere; may be empty
 */
public record TellingRecipe(
    String vision,
    String language,
    String captioner,
    int beams,
    int maxTokens,
    int tags,
    List<String> captionFiles,
    List<String> tagFiles) {

  private static final String POCKET = "pocket";
  private static final int BEAMS = 5;
  private static final int MAX_TOKENS = 30;
  private static final int TAGS = 5;

  /** Reads the section. */
  public static TellingRecipe read(RecipeNode node) {
    List<String> captions = node.texts("caption_files", List.of());
    List<String> tags = node.texts("tag_files", List.of());
    node.check(tags.isEmpty() || !captions.isEmpty(), "tag_files", "needs caption_files beside it");
    return new TellingRecipe(
        node.text("vision", POCKET),
        node.text("language", POCKET),
        node.text("captioner", "pocket-captions"),
        node.integer("beams", BEAMS).atLeast(1),
        node.integer("max_tokens", MAX_TOKENS).atLeast(1),
        node.integer("tags", TAGS).atLeast(0),
        captions,
        tags);
  }

  /** Whether the words come from files. */
  public boolean fromFiles() {
    return !captionFiles.isEmpty();
  }
}
