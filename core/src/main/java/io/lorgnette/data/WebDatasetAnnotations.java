package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import io.lorgnette.weights.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tar shards in WebDataset's manner: {@code KEY.jpg} with {@code KEY.json}, {@code KEY.txt}, or
 * both, where KEY ends at the first dot of the file's name. The JSON is that of {@link ImageJson};
 * the text is one caption and counts when the JSON has none.
 */
final class WebDatasetAnnotations implements Annotations {
  private final List<TarShard> shards;
  private final List<Entry> entries = new ArrayList<>();

  /** The members of one sample. */
  private static final class Sample {
    String image;
    long json = Slice.NONE;
    long text = Slice.NONE;
  }

  WebDatasetAnnotations(DataFiles files, List<TarShard> shards, Split split) {
    this.shards = shards;
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < shards.size(); i++) {
      int shard = i;
      samples(shards.get(i)).forEach((key, sample) -> index(files, shard, key, sample, split, ids));
    }
  }

  private static Map<String, Sample> samples(TarShard shard) {
    Map<String, Sample> samples = new LinkedHashMap<>();
    shard
        .members()
        .forEach(
            (name, slice) ->
                ShardMember.of(name)
                    .ifPresent(
                        member -> {
                          Sample sample =
                              samples.computeIfAbsent(member.key(), key -> new Sample());
                          switch (member.kind()) {
                            case IMAGE -> sample.image = name;
                            case JSON -> sample.json = slice;
                            case TEXT -> sample.text = slice;
                            case OTHER -> {}
                          }
                        }));
    return samples;
  }

  private void index(
      DataFiles files, int shard, String key, Sample sample, Split split, Set<String> ids) {
    String place = shards.get(shard).name() + ", " + key;
    if (sample.image == null) {
      files.add(Kind.MISSING_IMAGE, place, "there is no image beside its text.");
      return;
    }
    Optional<JsonNode> json =
        sample.json == Slice.NONE
            ? Optional.empty()
            : Json.object(shards.get(shard).read(sample.json));
    if (sample.json != Slice.NONE && json.isEmpty()) {
      files.add(Kind.BROKEN_RECORD, place, "its .json member is not a JSON object.");
      return;
    }
    if (json.isPresent() && !ImageJson.isOf(json.get(), split)) {
      return;
    }
    String id = json.flatMap(j -> Json.text(j, "image_id")).orElse(key);
    Slices slices = Slices.of(shard, sample.json, sample.text);
    Content content = content(id, slices);
    if (!ids.add(id)) {
      files.add(Kind.DUPLICATE, place, "the image id " + id + " was there before.");
    } else if (ImageJson.isEmpty(content)) {
      files.add(Kind.NO_TEXT, place, "it has no caption or question with words.");
    } else {
      json.ifPresent(j -> ImageJson.reportWordless(j, id, place, files));
      entries.add(ImageJson.entry(id, sample.image, content, shard, sample.json, sample.text));
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    return content(entry.id(), entry.slices());
  }

  private Content content(String id, Slices slices) {
    TarShard shard = shards.get((int) slices.get(0));
    SampleTexts texts =
        SampleTexts.of(id, bytes(shard, slices.get(1)), bytes(shard, slices.get(2)));
    return new Content(texts.captions(), texts.questions());
  }

  private static byte[] bytes(TarShard shard, long slice) {
    return slice == Slice.NONE ? null : shard.read(slice);
  }

  /** The texts are inside the shards, so their members are hashed, not the photos. */
  @Override
  public SortedMap<String, String> hashes() {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (TarShard shard : shards) {
      MessageDigest digest = Sha256.digest();
      shard
          .members()
          .forEach(
              (name, slice) -> {
                if (name.endsWith(".json") || name.endsWith(".txt")) {
                  digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
                  digest.update(shard.read(slice));
                }
              });
      String name = shard.name();
      hashes.put(name.substring(name.replace('\\', '/').lastIndexOf('/') + 1), Sha256.hex(digest));
    }
    return hashes;
  }
}
