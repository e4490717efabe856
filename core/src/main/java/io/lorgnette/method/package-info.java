/**
 * The systems of the papers: which parts, which of them are trained, where visual tokens go, which
 * words stand around them, which loss.
 *
 * <p>In: features of images and token ids ({@link io.lorgnette.method.TrainingBatch}), or a
 * question. Out: a loss, or a {@link io.lorgnette.generate.Prompt} from which the language model
 * writes. Each system is one short class that reads like its paper's figure; read {@link
 * io.lorgnette.method.Mapl} first, then {@link io.lorgnette.method.Method}. What is trained goes to
 * disk and comes back by {@link io.lorgnette.method.ConnectorCheckpoint}, which knows its
 * backbones.
 *
 * <p>{@link io.lorgnette.method.Retrieval} finds texts for images and images for texts; {@link
 * io.lorgnette.method.Blip2Retrieval} does so with the Q-Former of BLIP-2's first stage.
 *
 * <pre>{@code
 * // Parameters, without weights:
 * Pair pair = new Pair(
 *     KnownBackbones.encoder("openai/clip-vit-large-patch14"),
 *     KnownBackbones.languageModel("EleutherAI/gpt-j-6b"));
 * MethodKind.MAPL.describe(pair, MaplConfig.between(1024, 4096)).trainedParameters(); // 3,431,680
 *
 * // An answer about an image:
 * Tensor seen = method.see(features).select(0, 0);                  // [P, D]
 * Prompt prompt = method.answer(seen, "What is this?", List.of());
 * }</pre>
 *
 * <p>Legend: B texts, I images, N visual tokens, Di encoder width, P prefix length, D width of the
 * language model, T tokens.
 */
package io.lorgnette.method;
