/* The conversation over its socket: it comes back by itself, and goes on where it was. */

import { Refused, forget, playerId, token, transcript } from "./access.js";
import * as view from "./view.js";

const byId = (id) => document.getElementById(id);
const KEY = "smartsteps.character.conversation";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const UNAUTHENTICATED = 4401;

let socket = null;
let conversation = localStorage.getItem(KEY);
let paused = false;
let sending = null; // { text, box }: said, and not yet answered
let attempt = 0;
let refused = 0;

function keep(id) {
  conversation = id;
  if (id) localStorage.setItem(KEY, id);
  else localStorage.removeItem(KEY);
  byId("pause").hidden = byId("leave").hidden = !id;
}

function send(type, fields = {}) {
  socket.send(JSON.stringify({ type, ...fields, timestamp: new Date().toISOString() }));
}

function act(verb) { send(`${verb}_conversation`, { conversation_id: conversation }); }

function setPaused(value) {
  paused = value;
  byId("pause").textContent = paused ? "Resume" : "Pause";
  byId("text").disabled = byId("send").disabled = paused;
  view.status(paused ? "Paused" : "Connected", paused ? "warn" : "good");
}

async function answer(text) {
  view.refuse("");
  view.suggest([], "");
  sending = { text, box: view.say(text, { mine: true }) };
  if (conversation) send("user_response", { conversation_id: conversation, content: text });
  else send("start_conversation", { player_id: await playerId(), metadata: { source: "web_ui" } });
}

function takeBack(reason) {
  view.refuse(reason);
  if (!sending) return;
  sending.box.remove();
  byId("text").value = sending.text;
  sending = null;
  byId("text").focus();
}

const hear = {
  conversation_started(frame) {
    keep(frame.conversation_id);
    if (sending) send("user_response", { conversation_id: conversation, content: sending.text });
  },
  assistant_message(frame) {
    if (conversation && frame.conversation_id !== conversation) return; // the greeting of a new one
    sending = null;
    view.say(frame.content);
    view.suggest(frame.follow_up_prompts, frame.context_text);
    if (frame.prompt_id === "paused") setPaused(true);
    if (frame.prompt_id === "abandoned") restart();
  },
  progress_update(frame) {
    byId("crisis").hidden = true; // the questions go on
    view.progress(frame.progress);
  },
  conversation_completed(frame) {
    keep(null);
    view.result(frame.character_preview);
  },
  validation_error(frame) { takeBack(frame.error_message); },
  crisis_detected(frame) {
    sending = null;
    view.crisis(frame.resources);
  },
  error(frame) {
    if (frame.error_code === "AUTHENTICATION_ERROR" && !conversation && !sending) return;
    if (frame.error_code === "CONVERSATION_NOT_FOUND") restart();
    else takeBack(frame.error_message);
  },
};

async function comeBack() {
  const told = conversation && await transcript(conversation);
  if (!told || told.status === "abandoned" || told.status === "completed") {
    keep(null);
    return;
  }
  view.clear();
  for (const turn of told.turns) view.say(turn.content, { mine: turn.role === "player" });
  keep(conversation);
  view.progress(told.progress);
  setPaused(told.status === "paused");
  if (!paused) act("resume");
}

function restart() {
  keep(null);
  sending = null;
  view.clear();
  socket.close();
}

async function open() {
  try {
    connect(await token());
  } catch (error) {
    if (error instanceof Refused) view.door(document.body.dataset.loginUrl);
    else wait();
  }
}

function connect(value) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/conversational-character-creation?token=${value}`);
  let greeted = false;
  socket.onmessage = async (event) => {
    const frame = JSON.parse(event.data);
    if (!greeted && frame.type === "assistant_message") {
      greeted = true;
      attempt = refused = 0;
      setPaused(false);
      if (conversation) await comeBack();
      if (conversation) return;
      view.clear();
    }
    hear[frame.type]?.(frame);
  };
  socket.onclose = (event) => {
    if (event.code === UNAUTHENTICATED) renew();
    else wait();
  };
}

/** A token that has ended is replaced once; a second refusal is for the person to mend. */
function renew() {
  forget();
  refused += 1;
  if (refused > 1) view.door(document.body.dataset.loginUrl);
  else open();
}

function wait() {
  view.status("Connection lost, trying again", "warn");
  byId("text").disabled = byId("send").disabled = true;
  takeBack("");
  setTimeout(open, Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS));
  attempt += 1;
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text || sending || socket?.readyState !== WebSocket.OPEN) return;
  byId("text").value = "";
  answer(text);
});
byId("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("pause").addEventListener("click", () => {
  act(paused ? "resume" : "pause");
  if (paused) setPaused(false);
});
byId("leave").addEventListener("click", () => byId("sure").showModal());
byId("sure").addEventListener("close", () => { if (byId("sure").returnValue === "yes") act("abandon"); });
byId("again").addEventListener("click", restart);

open();
