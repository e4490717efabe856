package io.lorgnette.train;

import io.lorgnette.verbal.Trig;

/**
 * A question with its answer in a model's tokens.
 *
 * @param input what is read
 * @param answer with its end
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier of tokens; nobody compares two of them.
public record TrigExample(Trig.Input input, int[] answer) {}
