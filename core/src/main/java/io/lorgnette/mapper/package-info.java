/**
 * Mapping networks: visual features in, a prefix of word-like embeddings out.
 *
 * <p>A {@link io.lorgnette.mapper.Mapper} turns what a vision encoder sees, {@code [B, N, Di]},
 * into what a language model reads before its first word, {@code [B, P, Do]}. Each kind has a
 * {@link io.lorgnette.mapper.MapperConfig configuration} that knows its sizes, its released key
 * names and its initial weights, so that parameters can be counted without any weights. Read {@link
 * io.lorgnette.mapper.MaplConfig} and {@link io.lorgnette.mapper.MaplMapper} first.
 *
 * <table>
 *   <caption>Kinds</caption>
 *   <tr><th>mapper</th><th>in</th><th>systems</th></tr>
 *   <tr><td>{@link io.lorgnette.mapper.MaplMapper}</td><td>any tokens</td><td>MAPL</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.ClipCapMlpMapper}</td><td>N = 1</td><td>ClipCap</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.ClipCapTransformerMapper}</td><td>N = 1</td>
 *       <td>ClipCap with a frozen language model</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.LinearMapper}</td><td>a number of tokens</td>
 *       <td>LiMBeR, MAGMA, Frozen, MiniGPT-4</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.MlpMapper}</td><td>any tokens</td><td>LLaVA</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.QFormerMapper}</td><td>any tokens</td>
 *       <td>BLIP-2, InstructBLIP</td></tr>
 *   <tr><td>{@link io.lorgnette.mapper.PerceiverMapper}</td><td>any tokens</td>
 *       <td>Flamingo; Do = Di</td></tr>
 * </table>
 *
 * <p>BLIP-2's first stage trains its Q-Former before there is a language model: {@link
 * io.lorgnette.mapper.Blip2Stage1} is that network with its heads, {@link
 * io.lorgnette.mapper.Blip2Losses} what it is trained by.
 *
 * <pre>{@code
 * MapperConfig config = MaplConfig.between(1024, 4096); // CLIP ViT-L/14 to GPT-J
 * config.parameterCount();                              // 3,431,680
 * try (Mapper mapper = config.create(42, Device.CPU)) {
 *   Tensor prefix = mapper.map(features);               // [B, 257, 1024] -> [B, 32, 4096]
 * }
 * }</pre>
 *
 * <p>Legend: B images, N visual tokens, Di encoder width, d mapper width, P prefix length, Do width
 * of the language model, h heads.
 */
package io.lorgnette.mapper;
