// The page: photos come in, results go out.

import { Failure, models, useKey } from "./page-server.js";
import { exampleForm } from "./page-examples.js";
import { show } from "./page-card.js";

const byId = (id) => document.getElementById(id);
const cards = []; // {name, url, captions: {model: text}, turns: [{question, answers: {model: text}}]}

/** Says something that is not part of a card. */
function say(text, wrong) {
  const status = byId("status");
  status.textContent = text;
  status.classList.toggle("wrong", Boolean(wrong));
}

async function listModels() {
  try {
    const all = await models();
    const fill = (select, empty, preferred) => {
      select.replaceChildren();
      if (empty) {
        select.append(new Option(empty, ""));
      }
      all.forEach((m) => select.append(new Option(m.id + " (" + m.lorgnette.method + ")", m.id)));
      if (preferred) {
        select.value = preferred.id;
      }
    };
    fill(byId("captioner"), null, all.find((model) => model.lorgnette.captions));
    fill(byId("answerer"));
    fill(byId("other"), "nothing");
    say("");
  } catch (e) {
    if (e instanceof Failure && e.status === 401) {
      byId("key-form").hidden = false;
      byId("key").focus();
    }
    say(e.message, true);
  }
}

const read = (file) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });

function enable() {
  for (const id of ["download-json", "download-csv"]) {
    byId(id).disabled = cards.length === 0;
  }
}

async function add(file) {
  if (!file.type.startsWith("image/")) {
    say(file.name + " is no image.", true);
    return;
  }
  const card = { name: file.name || "pasted image", url: await read(file), captions: {}, turns: [] };
  cards.push(card);
  enable();
  show(card, say, (gone) => {
    cards.splice(cards.indexOf(gone), 1);
    enable();
    byId("files").focus();
  });
}

function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const results = () => cards.map(({ name, captions, turns }) => ({ image: name, captions, turns }));

/** A line for each text: image, question (empty for a caption), model, text. */
function csv() {
  const lines = [["image", "question", "model", "text"]];
  for (const { image, captions, turns } of results()) {
    const asked = [{ question: "", answers: captions }, ...turns];
    asked.forEach((turn) =>
      Object.entries(turn.answers).forEach(([model, text]) => lines.push([image, turn.question, model, text])),
    );
  }
  return lines.map((line) => line.map((cell) => '"' + cell.replaceAll('"', '""') + '"').join(",") + "\r\n").join("");
}

const drop = byId("drop");
for (const id of ["files", "camera"]) {
  byId(id).onchange = (event) => {
    [...event.target.files].forEach(add);
    event.target.value = "";
  };
}
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  [...event.dataTransfer.files].forEach(add);
});
document.addEventListener("paste", (event) => [...event.clipboardData.files].forEach(add));
byId("download-json").onclick = () => save("lorgnette.json", "application/json", JSON.stringify(results(), null, 2));
byId("download-csv").onclick = () => save("lorgnette.csv", "text/csv", csv());
byId("key-form").onsubmit = (event) => {
  event.preventDefault();
  useKey(byId("key").value);
  listModels();
};
exampleForm(read, say);
listModels();
