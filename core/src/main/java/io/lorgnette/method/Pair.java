package io.lorgnette.method;

/** The two frozen models between which a connector stands. */
public record Pair(EncoderSpec encoder, LanguageSpec language) {}
