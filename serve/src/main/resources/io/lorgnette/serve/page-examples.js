// Few-shot examples: photos with a question and its answer.

import { part } from "./page-server.js";

const byId = (id) => document.getElementById(id);
const examples = []; // {url, question, answer}

/** The messages that show them to a model. */
export function shots() {
  return examples.flatMap((example) => [
    { role: "user", content: [part(example.url), { type: "text", text: example.question }] },
    { role: "assistant", content: example.answer },
  ]);
}

function field(item, label, example, name) {
  const line = document.createElement("label");
  line.textContent = label;
  const input = document.createElement("input");
  input.type = "text";
  input.value = example[name];
  input.oninput = () => {
    example[name] = input.value;
  };
  line.append(input);
  item.append(line);
  return input;
}

/** Adds an example; its words may be changed. */
export function remember(url, alt, question, answer, removed) {
  const example = { url, question, answer };
  examples.push(example);
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = url;
  image.alt = alt;
  item.append(image);
  field(item, "Question", example, "question");
  const input = field(item, "Answer", example, "answer");
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "plain";
  remove.textContent = "Remove example";
  remove.onclick = () => {
    examples.splice(examples.indexOf(example), 1);
    item.remove();
    removed();
  };
  item.append(remove);
  byId("examples").append(item);
  return input;
}

/** The form by which examples of other photos are added. */
export function exampleForm(read, say) {
  const form = byId("example-form");
  form.onsubmit = async (event) => {
    event.preventDefault();
    const file = byId("example-file").files[0];
    if (!file.type.startsWith("image/")) {
      say(file.name + " is no image.", true);
      return;
    }
    const question = byId("example-question").value.trim();
    const answer = byId("example-answer").value.trim();
    remember(await read(file), file.name, question, answer, () => byId("example-file").focus());
    form.reset();
    say("Example added.");
  };
}
