// Looking inside: what the model saw, and where it looked for each word.

import { explain } from "./page-server.js";

const FOR = [255, 106, 0];
const AGAINST = [10, 100, 255];
const LEAST = 0.005; // nats below which no region matters
const THIRDS = ["top", "middle", "bottom"];
const SIDES = ["left", "centre", "right"];
const STAGES = [
  ["decode", "read the file"],
  ["crop", "resize and crop"],
  ["encode", "encoder"],
  ["connect", "connector"],
  ["look", "look inside"],
];

let last = 0;

const strongest = (values) => values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);

/** Draws a value for each place over the photo. */
function draw(canvas, { values, columns, least }) {
  const rows = values.length / columns;
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const most = Math.abs(strongest(values));
  values.forEach((value, i) => {
    const share = most < least ? 0 : Math.abs(value) / most;
    image.data.set([...(value > 0 ? FOR : AGAINST), Math.round(215 * share)], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

/** Where the strongest value is, in words. */
function place(values, columns) {
  const at = values.indexOf(strongest(values));
  const rows = values.length / columns;
  return THIRDS[Math.floor((3 * Math.floor(at / columns)) / rows)] + " " + SIDES[Math.floor((3 * (at % columns)) / columns)];
}

function told(name, values, columns) {
  const most = strongest(values);
  if (Math.abs(most) < LEAST) {
    return name + ": no region matters.";
  }
  return name + ": covering the " + place(values, columns) + " makes it " + (most > 0 ? "less" : "more") +
    " probable by " + Math.abs(most).toFixed(2) + " nats.";
}

/** The views that can be chosen: all words, each word, and the prefix's attention. */
function views(got) {
  const sums = got.words[0].lost.map((_, i) => got.words.reduce((sum, word) => sum + word.lost[i], 0));
  const all = [{ name: "all words", values: sums, columns: got.regions, least: LEAST }];
  got.words
    .filter((word) => word.word && word.word !== ".")
    .forEach((word) => all.push({ name: word.word, values: word.lost, columns: got.regions, least: LEAST }));
  const maps = got.attention.maps;
  if (maps.length) {
    const mean = maps[0].map((_, i) => maps.reduce((sum, map) => sum + map[i] / maps.length, 0));
    const even = mean.reduce((sum, share) => sum + share, 0) / mean.length;
    all.push({
      name: "attention of the prefix",
      values: mean.map((share) => share - even),
      columns: got.attention.columns,
      least: 1e-9,
      told:
        "The prefix looks most at the " + place(mean, got.attention.columns) +
        ". Orange: more than an even share; blue: less.",
    });
  }
  return all;
}

function choose(body, buttons, button, view) {
  buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  draw(body.querySelector("canvas"), view);
  body.querySelector(".told").textContent = view.told || told("\u201c" + view.name + "\u201d", view.values, view.columns);
}

const percent = (nats) => {
  const share = 100 * Math.exp(nats);
  return (share < 0.1 ? "< 0.1" : share.toFixed(1)) + " %";
};

function table(body, got) {
  for (const word of got.words) {
    const row = body.querySelector("tbody").insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = word.word || "(end)";
    row.append(head);
    row.insertCell().textContent = percent(word.seeing);
    row.insertCell().textContent = percent(word.blind);
  }
}

function became(body, got) {
  const list = body.querySelector(".times");
  for (const [name, label] of STAGES) {
    const term = document.createElement("dt");
    term.textContent = label;
    const time = document.createElement("dd");
    time.textContent = got.milliseconds[name].toFixed(1) + " ms";
    list.append(term, time);
  }
  for (const words of got.prefix.nearest) {
    const item = document.createElement("li");
    item.textContent = words.map((near) => near.word.trim() + " " + near.cosine.toFixed(2)).join(", ");
    body.querySelector(".near").append(item);
  }
}

/** Shows in a place what a model made of a photo; words that are asked for come with a question. */
export async function lookInside(place, model, url, text, question) {
  place.hidden = false;
  place.setAttribute("aria-busy", "true");
  place.textContent = "Looking inside ...";
  const got = await explain(model, url, text, question);
  const body = document.getElementById("inside").content.firstElementChild.cloneNode(true);
  const hint = body.querySelector("#words-hint");
  hint.id = "words-hint-" + ++last;
  body.querySelector(".words").setAttribute("aria-describedby", hint.id);
  body.querySelector("h4").textContent = "Inside " + model + ": " + text;
  body.querySelector(".blind").textContent = "Without the photo it says: " + (got.blind || "(nothing)");
  const image = body.querySelector("img");
  image.src = got.photo.seen;
  image.alt = "The photo as the model sees it";
  body.querySelector(".facts").textContent =
    "What the model sees: " + got.photo.size + " \u00d7 " + got.photo.size + " pixels, " + got.photo.tokens +
    " visual tokens, " + got.prefix.length + " embeddings before the words.";
  const all = views(got);
  const buttons = all.map((view) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "word";
    button.textContent = view.name;
    return button;
  });
  buttons.forEach((button, i) => {
    button.onclick = () => choose(body, buttons, button, all[i]);
  });
  body.querySelector(".words").append(...buttons);
  table(body, got);
  became(body, got);
  choose(body, buttons, buttons[0], all[0]);
  place.replaceChildren(body);
  place.removeAttribute("aria-busy");
  body.querySelector("h4").focus();
}
