/**
 * Frozen features, computed once and kept on disk.
 *
 * <p>In: the bytes of images. Out: {@code features [B, N, Di]}. A {@link
 * io.lorgnette.feature.FeatureCache} holds what one encoder with one processor makes of images,
 * found by the {@link io.lorgnette.feature.FeatureKey hash of their bytes}; a {@link
 * io.lorgnette.feature.FeatureExtractor} fills it, decoding images on Java threads while the
 * encoder works, and skips what is there. {@link io.lorgnette.feature.CacheFolder} says where
 * caches lie unless a user says otherwise.
 *
 * <p>Legend: B batch, N tokens, Di width.
 */
package io.lorgnette.feature;
