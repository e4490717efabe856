// A photo with what was said about it.

import { caption, chat, part } from "./page-server.js";
import { remember, shots } from "./page-examples.js";
import { lookInside } from "./page-inside.js";

const byId = (id) => document.getElementById(id);

function facts(said) {
  const details = said.usage.prompt_tokens_details;
  const image = details ? details.image_tokens : 0;
  return (
    said.usage.prompt_tokens + " tokens read" + (image ? " (" + image + " of photos)" : "") +
    ", " + said.usage.completion_tokens + " written; " +
    "first word after " + Math.round(said.first) + " ms, all after " + Math.round(said.millis) + " ms"
  );
}

/** The model that is chosen, and the one it is compared with. */
function chosen(first) {
  const models = [byId(first).value, byId("other").value];
  return models.filter((model, i) => model && models.indexOf(model) === i);
}

/** A place for words of a model, which is named where there are several. */
function place(tag, model, named) {
  const element = document.createElement(tag);
  if (named) {
    const name = document.createElement("strong");
    name.className = "model";
    name.textContent = model;
    element.append(name);
  }
  const words = document.createElement("span");
  words.className = "text";
  words.textContent = "\u2026";
  element.append(words);
  return { element, words };
}

function under(element, said) {
  const line = document.createElement("small");
  line.className = "facts";
  line.textContent = facts(said);
  element.append(line);
}

function wrong(words, e) {
  words.textContent = e.message;
  words.classList.add("wrong");
}

/** Shows a photo and describes it. */
export function show(card, say, removed) {
  const item = byId("card").content.firstElementChild.cloneNode(true);
  const image = item.querySelector(".photo");
  image.src = card.url;
  image.alt = card.name + ", not described yet";
  item.querySelector("h3").textContent = card.name;
  item.querySelector(".remove").onclick = () => {
    item.remove();
    removed(card);
  };
  item.querySelector(".copy").onclick = async () => {
    try {
      await navigator.clipboard.writeText(image.alt);
      say("Copied: " + image.alt);
    } catch (e) {
      say("The browser does not let this page copy; the alt text is: " + image.alt, true);
    }
  };
  item.querySelector(".ask").onsubmit = (event) => {
    event.preventDefault();
    const input = item.querySelector("input");
    ask(card, item, input.value.trim(), say);
    input.value = "";
  };
  byId("cards").append(item);
  describe(card, item, image, say);
}

async function describe(card, item, image, say) {
  const list = item.querySelector(".said");
  const models = chosen("captioner");
  list.classList.toggle("compared", models.length > 1);
  const places = models.map((model) => place("li", model, models.length > 1));
  list.append(...places.map((at) => at.element));
  for (const [i, model] of models.entries()) {
    const { element, words } = places[i];
    try {
      const said = byId("search").checked
        ? await caption(model, card.url)
        : await chat(model, [{ role: "user", content: [part(card.url)] }], (text) => {
            words.textContent = text;
          });
      words.textContent = said.text;
      card.captions[model] = said.text;
      under(element, said);
      element.append(lookButton(card, item, model, said.text, null, say));
      if (i === 0) {
        image.alt = said.text;
        item.querySelector(".copy").disabled = false;
      }
    } catch (e) {
      wrong(words, e);
    }
  }
}

function lookButton(card, item, model, text, question, say) {
  const look = document.createElement("button");
  look.type = "button";
  look.className = "look plain";
  look.textContent = "Look inside";
  look.setAttribute("aria-label", "Look inside " + model + ": " + text);
  look.onclick = () => inside(card, item, model, text, question, say);
  return look;
}

async function inside(card, item, model, text, question, say) {
  const at = item.querySelector(".inside");
  try {
    await lookInside(at, model, card.url, text, question);
  } catch (e) {
    at.hidden = true;
    say(e.message, true);
  }
}

async function ask(card, item, question, say) {
  const list = item.querySelector(".answers");
  const term = document.createElement("dt");
  term.textContent = question;
  list.append(term);
  const messages = [...shots(), { role: "user", content: [part(card.url), { type: "text", text: question }] }];
  const turn = { question, answers: {} };
  card.turns.push(turn);
  const models = chosen("answerer");
  for (const model of models) {
    const { element, words } = place("dd", model, models.length > 1);
    list.append(element);
    try {
      const said = await chat(model, messages, (text) => {
        words.textContent = text;
      });
      words.textContent = said.text || "(nothing)";
      turn.answers[model] = said.text;
      under(element, said);
      if (said.text) {
        element.append(keepButton(card, question, said.text), lookButton(card, item, model, said.text, question, say));
      }
    } catch (e) {
      wrong(words, e);
    }
  }
}

/** Keeps an answer, put right by the user perhaps, as an example. */
function keepButton(card, question, answer) {
  const keep = document.createElement("button");
  keep.type = "button";
  keep.className = "plain";
  keep.textContent = "Use as example";
  keep.onclick = () => {
    keep.disabled = true;
    const input = remember(card.url, card.name, question, answer, () => {
      keep.disabled = false;
      keep.focus();
    });
    input.focus();
  };
  return keep;
}
