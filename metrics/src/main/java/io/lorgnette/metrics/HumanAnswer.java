package io.lorgnette.metrics;

/**
 * One annotator's answer to a question.
 *
 * @param answer as written in the file
 * @param record the other fields of its record (confidence, id), in a form that is equal when they
 *     are; empty where a file gives bare answers
 */
public record HumanAnswer(String answer, String record) {}
