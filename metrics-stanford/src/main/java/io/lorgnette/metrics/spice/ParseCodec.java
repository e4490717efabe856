package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Sentences as bytes, and back. */
final class ParseCodec {

  private ParseCodec() {}

  static byte[] encode(List<Sentence> sentences) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(sentences.size());
      for (Sentence sentence : sentences) {
        out.writeShort(sentence.words().size());
        for (Word word : sentence.words()) {
          out.writeShort(word.position());
          out.writeUTF(word.text());
          out.writeUTF(word.lemma());
          out.writeUTF(word.tag());
        }
        out.writeShort(sentence.dependencies().size());
        for (Dependency dependency : sentence.dependencies()) {
          out.writeShort(dependency.governor());
          out.writeShort(dependency.dependent());
          out.writeUTF(dependency.relation());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static List<Sentence> decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      List<Sentence> sentences = new ArrayList<>();
      for (int left = in.readShort(); left > 0; left--) {
        List<Word> words = new ArrayList<>();
        for (int more = in.readShort(); more > 0; more--) {
          words.add(new Word(in.readShort(), in.readUTF(), in.readUTF(), in.readUTF()));
        }
        List<Dependency> dependencies = new ArrayList<>();
        for (int more = in.readShort(); more > 0; more--) {
          dependencies.add(new Dependency(in.readShort(), in.readShort(), in.readUTF()));
        }
        sentences.add(new Sentence(words, dependencies));
      }
      return sentences;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
