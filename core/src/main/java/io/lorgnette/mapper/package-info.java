/**
 * Mapping networks: visual features in, a prefix of word-like embeddings out.
 *
 * <p>A {@link io.lorgnette.mapper.Mapper} turns what a vision encoder sees, {@code [B, N, Di]},
 * into what a language model reads before its first word, {@code [B, P, Do]}. Each kind has a
 * {@link io.lorgnette.mapper.MapperConfig configuration} that knows its sizes, its released key
 * names and its initial weights, so that parameters can be counted without any weights. Read {@link
 * io.lorgnette.mapper.MaplConfig} and {@link io.lorgnette.mapper.MaplMapper} first.
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
