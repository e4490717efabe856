package io.lorgnette.cli;

/** How far a task has come, for people. */
interface Progress extends AutoCloseable {

  /** Nothing to see. */
  Progress SILENT =
      new Progress() {
        @Override
        public void at(long done, String remark) {}

        @Override
        public void total(long units) {}

        @Override
        public void say(String line) {}

        @Override
        public void close() {}
      };

  /**
   * Tells how far it has come; may be called often.
   *
   * @param done units of the task
   * @param remark short, may be empty
   */
  void at(long done, String remark);

  /** Tells how much there is to do, where that was not known at first; from any thread. */
  void total(long units);

  /** A line of its own that stays. */
  void say(String line);

  @Override
  void close();
}
