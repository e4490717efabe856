// Talks to the server that this page came from.

let key = "";

/** Uses a key from now on. */
export function useKey(text) {
  key = text;
}

/** What went wrong, with the status that tells whether a key is wanted. */
export class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function failure(response) {
  try {
    return new Failure((await response.json()).error.message, response.status);
  } catch (e) {
    return new Failure("The server answered with status " + response.status + ".", response.status);
  }
}

async function request(path, body) {
  const headers = key ? { Authorization: "Bearer " + key } : {};
  const options = { headers };
  if (body) {
    headers["Content-Type"] = "application/json";
    options.method = "POST";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  if (!response.ok) {
    throw await failure(response);
  }
  return response;
}

/** The models that speak. */
export async function models() {
  const all = await (await request("v1/models")).json();
  return all.data.filter((model) => model.lorgnette && model.lorgnette.positions);
}

/** A photo in a message. */
export const part = (url) => ({ type: "image_url", image_url: { url } });

/** An answer whose words are told to {@code grown} as they come. */
export async function chat(model, messages, grown) {
  const start = performance.now();
  const body = { model, messages, stream: true, stream_options: { include_usage: true } };
  const response = await request("v1/chat/completions", body);
  const said = { text: "", first: 0, usage: null };
  for await (const chunk of chunks(response.body)) {
    if (chunk.error) {
      throw new Failure(chunk.error.message, 500);
    }
    said.usage = chunk.usage || said.usage;
    for (const choice of chunk.choices) {
      if (choice.delta.content) {
        said.first = said.first || performance.now() - start;
        said.text += choice.delta.content;
        grown(said.text);
      }
    }
  }
  said.millis = performance.now() - start;
  return said;
}

/** The JSON of server-sent events. */
async function* chunks(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    rest += value;
    const events = rest.split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.slice("data: ".length);
      if (data !== "[DONE]") {
        yield JSON.parse(data);
      }
    }
  }
}

/** A caption by beam search, in one piece. */
export async function caption(model, url) {
  const start = performance.now();
  const got = await (await request("v1/captions", { model, image: url })).json();
  const millis = performance.now() - start;
  return { text: got.data[0].caption, first: millis, millis, usage: got.usage };
}

/** What the model saw and where it looked for the words of a text. */
export async function explain(model, url, text, question) {
  const body = { model, image: url, text, neighbours: 3 };
  if (question) {
    body.question = question;
  }
  return (await request("v1/explanations", body)).json();
}
