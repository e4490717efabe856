package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What was found out about a file or folder. */
interface Inspection {

  /** For programs. */
  ObjectNode json();

  /** For people. */
  List<String> lines();
}
