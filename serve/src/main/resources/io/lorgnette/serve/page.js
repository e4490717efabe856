"use strict";

const byId = (id) => document.getElementById(id);
const cards = []; // {name, url, captions: {model: text}, turns: [{question, answers: {model: text}}]}
const examples = []; // {url, question, answer}
let key = "";

const headers = () => (key ? { Authorization: "Bearer " + key } : {});

/** Says something that is not part of a card. */
function say(text, wrong) {
  const status = byId("status");
  status.textContent = text;
  status.classList.toggle("wrong", Boolean(wrong));
}

async function failure(response) {
  if (response.status === 401) {
    byId("key-row").hidden = false;
    byId("key").focus();
  }
  try {
    return new Error((await response.json()).error.message);
  } catch (e) {
    return new Error("The server answered with status " + response.status + ".");
  }
}

async function listModels() {
  const response = await fetch("v1/models", { headers: headers() });
  if (!response.ok) {
    throw await failure(response);
  }
  const models = (await response.json()).data.filter((m) => m.lorgnette && m.lorgnette.positions);
  const fill = (select, empty) => {
    select.replaceChildren();
    if (empty) {
      select.append(new Option(empty, ""));
    }
    models.forEach((m) => select.append(new Option(m.id + " (" + m.lorgnette.method + ")", m.id)));
  };
  fill(byId("captioner"), "the server's choice");
  fill(byId("answerer"));
  fill(byId("other"), "nothing");
  say("");
}

/** The words of an answer as they grow; returns facts about it. */
async function chat(model, messages, grown) {
  const body = { messages, stream: true, stream_options: { include_usage: true } };
  if (model) {
    body.model = model;
  }
  const start = performance.now();
  const response = await fetch("v1/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers() },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw await failure(response);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const said = { text: "", first: 0, usage: null };
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    rest += value;
    const events = rest.split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.slice("data: ".length);
      if (data === "[DONE]") {
        continue;
      }
      const chunk = JSON.parse(data);
      if (chunk.error) {
        throw new Error(chunk.error.message);
      }
      if (chunk.usage) {
        said.usage = chunk.usage;
      }
      for (const choice of chunk.choices) {
        if (choice.delta.content) {
          said.first = said.first || performance.now() - start;
          said.text += choice.delta.content;
          grown(said.text);
        }
      }
    }
  }
  said.millis = performance.now() - start;
  return said;
}

/** A caption by the server's own choice of model, in one piece. */
async function caption(url, grown) {
  const start = performance.now();
  const response = await fetch("v1/captions", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers() },
    body: JSON.stringify({ image: url }),
  });
  if (!response.ok) {
    throw await failure(response);
  }
  const got = await response.json();
  grown(got.data[0].caption);
  const millis = performance.now() - start;
  return { text: got.data[0].caption, first: millis, millis, usage: got.usage };
}

const part = (url) => ({ type: "image_url", image_url: { url } });

function facts(said) {
  const image = said.usage.prompt_tokens_details ? said.usage.prompt_tokens_details.image_tokens : 0;
  return (
    said.usage.prompt_tokens + " tokens read" + (image ? " (" + image + " of the photo)" : "") +
    ", " + said.usage.completion_tokens + " written; " +
    "first word after " + Math.round(said.first) + " ms, all after " + Math.round(said.millis) + " ms"
  );
}

function add(file) {
  if (!file.type.startsWith("image/")) {
    say(file.name + " is no image.", true);
    return;
  }
  const reader = new FileReader();
  reader.onload = () => show({ name: file.name || "pasted image", url: reader.result, captions: {}, turns: [] });
  reader.readAsDataURL(file);
}

function show(card) {
  cards.push(card);
  const item = byId("card").content.firstElementChild.cloneNode(true);
  const image = item.querySelector("img");
  image.src = card.url;
  image.alt = card.name + ", not described yet";
  item.querySelector(".remove").onclick = () => {
    cards.splice(cards.indexOf(card), 1);
    item.remove();
    byId("download").disabled = cards.length === 0;
    byId("files").focus();
  };
  const copy = item.querySelector(".copy");
  copy.onclick = async () => {
    await navigator.clipboard.writeText(image.alt);
    say("Copied.");
  };
  item.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    const input = item.querySelector("input");
    ask(card, item, input.value.trim());
    input.value = "";
  };
  byId("cards").append(item);
  byId("download").disabled = false;
  describe(card, item, image, copy);
}

async function describe(card, item, image, copy) {
  const [first, second] = item.querySelectorAll(".caption");
  const run = async (model, place) => {
    place.textContent = "...";
    const grown = (text) => {
      place.textContent = text;
    };
    try {
      const said = model
        ? await chat(model, [{ role: "user", content: [part(card.url)] }], grown)
        : await caption(card.url, grown);
      card.captions[model || "default"] = said.text;
      return said;
    } catch (e) {
      place.textContent = e.message;
      place.classList.add("wrong");
      return null;
    }
  };
  const said = await run(byId("captioner").value, first);
  if (said) {
    image.alt = said.text;
    copy.disabled = false;
    item.querySelector(".facts").textContent = facts(said);
  }
  const other = byId("other").value;
  if (other) {
    second.hidden = false;
    await run(other, second);
  }
}

async function ask(card, item, question) {
  const list = item.querySelector(".answers");
  const term = document.createElement("dt");
  term.textContent = question;
  list.append(term);
  const messages = [];
  for (const example of examples) {
    messages.push({ role: "user", content: [part(example.url), { type: "text", text: example.question }] });
    messages.push({ role: "assistant", content: example.answer });
  }
  messages.push({ role: "user", content: [part(card.url), { type: "text", text: question }] });
  const turn = { question, answers: {} };
  card.turns.push(turn);
  const models = [byId("answerer").value, byId("other").value];
  const asked = models.filter((m, i) => m && models.indexOf(m) === i);
  for (const model of asked) {
    const answer = document.createElement("dd");
    if (asked.length > 1) {
      const name = document.createElement("strong");
      name.textContent = model + ": ";
      answer.append(name);
    }
    const words = document.createElement("span");
    words.textContent = "...";
    answer.append(words);
    list.append(answer);
    try {
      const said = await chat(model, messages, (text) => {
        words.textContent = text;
      });
      words.textContent = said.text || "(nothing)";
      turn.answers[model] = said.text;
      answer.title = model + ": " + facts(said);
      const keep = document.createElement("button");
      keep.type = "button";
      keep.textContent = "Use as example";
      keep.onclick = () => remember(card, question, said.text, keep);
      answer.append(" ", keep);
    } catch (e) {
      words.textContent = e.message;
      words.classList.add("wrong");
    }
  }
}

/** Keeps an answer, put right by the user perhaps, as an example. */
function remember(card, question, answer, button) {
  button.disabled = true;
  const example = { url: card.url, question, answer };
  examples.push(example);
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = card.url;
  image.alt = card.captions.default || card.name;
  const label = document.createElement("label");
  label.textContent = question + " ";
  const input = document.createElement("input");
  input.type = "text";
  input.value = answer;
  input.oninput = () => {
    example.answer = input.value;
  };
  label.append(input);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "Remove example";
  remove.onclick = () => {
    examples.splice(examples.indexOf(example), 1);
    item.remove();
    button.disabled = false;
  };
  item.append(image, label, " ", remove);
  byId("examples").append(item);
  input.focus();
}

function download() {
  const results = cards.map(({ name, captions, turns }) => ({ image: name, captions, turns }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(results, null, 2)], { type: "application/json" }));
  link.download = "lorgnette.json";
  link.click();
  URL.revokeObjectURL(link.href);
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
byId("download").onclick = download;
byId("key-use").onclick = () => {
  key = byId("key").value;
  listModels().catch((e) => say(e.message, true));
};
listModels().catch((e) => say(e.message, true));
