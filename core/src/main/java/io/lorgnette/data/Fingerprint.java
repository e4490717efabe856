package io.lorgnette.data;

import java.util.SortedMap;

/**
 * What a run record keeps about the data.
 *
 * @param dataset its name
 * @param examples number of images used
 * @param captions number of their captions
 * @param questions number of their questions
 * @param files SHA-256 of each annotation file; of the texts inside for tar shards
 * @param sha256 over the above hashes and the ids of the images used, in order
 */
public record Fingerprint(
    String dataset,
    int examples,
    int captions,
    int questions,
    SortedMap<String, String> files,
    String sha256) {}
