/**
 * Images as words: a caption and tags stand in for what a language model can not see.
 *
 * <p>{@link io.lorgnette.verbal.Teller} makes the words, or {@link io.lorgnette.verbal.ToldFiles}
 * bring those of other models. {@link io.lorgnette.verbal.Pica} asks a language model that was
 * trained for nothing of this.
 */
package io.lorgnette.verbal;
