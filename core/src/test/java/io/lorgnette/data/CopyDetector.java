package io.lorgnette.data;

import io.lorgnette.weights.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Finds photos and sentences of a data set inside other files.
 *
 * <p>Photos are found by SHA-256, also where a report carries them in base64. Sentences are found
 * word by word, whatever stands between the words, in any case, and also inside gzip. Only
 * sentences of eight words or more count: shorter ones ("How many people are there?") are written
 * by anyone, and the built-in data asks some of them itself.
 */
final class CopyDetector {
  static final int WORDS = 8;
  private static final Pattern ESCAPE = Pattern.compile("\\\\[nrt]");
  private static final Pattern BASE64 = Pattern.compile("base64,\\s*([A-Za-z0-9+/=]{64,})");

  private final Set<String> photos = new HashSet<>();
  // Sentences by the hash of their first words; two 64-bit hashes hardly ever meet by chance.
  private final Map<Long, List<Sentence>> sentences = new HashMap<>();
  private int sentenceCount;

  private record Sentence(int words, long hash) {}

  void addPhoto(byte[] bytes) {
    photos.add(hash(bytes));
  }

  void addSentence(String text) {
    Words words = new Words(text);
    if (words.count >= WORDS) {
      sentences
          .computeIfAbsent(words.hash(0, WORDS), key -> new ArrayList<>(1))
          .add(new Sentence(words.count, words.hash(0, words.count)));
      sentenceCount++;
    }
  }

  int photoCount() {
    return photos.size();
  }

  int sentenceCount() {
    return sentenceCount;
  }

  /** What was copied into these bytes, in words; empty when nothing was. */
  List<String> copiesIn(byte[] file) {
    List<String> found = new ArrayList<>();
    if (photos.contains(hash(file))) {
      found.add("a photo");
    }
    byte[] bytes = isGzip(file) ? inflated(file) : file;
    if (isText(bytes)) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      Matcher embedded = BASE64.matcher(text);
      while (embedded.find()) {
        if (photos.contains(hash(decoded(embedded.group(1))))) {
          found.add("a photo in base64");
        }
      }
      Words words = new Words(ESCAPE.matcher(text).replaceAll(" "));
      for (int i = 0; i + WORDS <= words.count; i++) {
        for (Sentence sentence : sentences.getOrDefault(words.hash(i, WORDS), List.of())) {
          if (i + sentence.words() <= words.count
              && words.hash(i, sentence.words()) == sentence.hash()) {
            found.add("the sentence \"" + words.text(i, sentence.words()) + "\"");
          }
        }
      }
    }
    return found;
  }

  /** The words of a text, each as a hash and a place. */
  private static final class Words {
    private final String text;
    private long[] hashes = new long[16];
    private int[] ends = new int[16];
    private int count;

    Words(String text) {
      this.text = text;
      long hash = 0;
      for (int i = 0; i <= text.length(); i++) {
        if (i < text.length() && Character.isLetterOrDigit(text.charAt(i))) {
          hash = (hash + Character.toLowerCase(text.charAt(i)) + 1) * 0x9E3779B97F4A7C15L;
          hash ^= hash >>> 29;
        } else if (hash != 0) {
          if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
          }
          hashes[count] = hash;
          ends[count++] = i;
          hash = 0;
        }
      }
    }

    long hash(int from, int words) {
      long hash = 0;
      for (int i = from; i < from + words; i++) {
        hash = (hash ^ hashes[i]) * 0xD6E8FEB86659FD93L;
        hash ^= hash >>> 32;
      }
      return hash;
    }

    String text(int from, int words) {
      return text.substring(from == 0 ? 0 : ends[from - 1], ends[from + words - 1]).strip();
    }
  }

  private static boolean isText(byte[] bytes) {
    for (int i = 0; i < Math.min(8000, bytes.length); i++) {
      if (bytes[i] == 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isGzip(byte[] bytes) {
    return bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
  }

  private static byte[] inflated(byte[] bytes) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readNBytes(1 << 28);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static String hash(byte[] bytes) {
    return Arrays.toString(Sha256.digest().digest(bytes));
  }
}
