package io.lorgnette.data;

/** How the answers of a set were gathered, and so how an answer to its questions is judged. */
public enum AnswerStyle {
  /** VQAv2: ten people's answers. */
  TEN_PEOPLE,
  /** OK-VQA: five people's answers, each listed twice, as stems. */
  STEMS,
  /** TextVQA: ten people's answers, texts read off the photo among them. */
  READ_TEXT,
  /** VizWiz: ten people's answers without ids; some questions have no answer. */
  BLIND_PEOPLE,
  /** GQA: one answer that was made with the question. */
  ONE,
  /** DAQUAR: one person's answer, a set of one or more things. */
  SET
}
