/* The conversation over its socket: it comes back by itself, and goes on where it was. */

import { Refused, erase, everything, forget, logIn, playerId, token } from "./access.js";
import { CrisisCard } from "../room/crisis.js";
import * as view from "./view.js";

const byId = (id) => document.getElementById(id);
const KEY = "smartsteps.character.conversation";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const UNAUTHENTICATED = 4401;
const OUTSIDE = ["crisis_support", "paused", "abandoned"];
const PAUSED = "Paused. Your place is kept for 30 days.";
const hasKeyboard = matchMedia("(pointer: fine)");

const card = new CrisisCard();
let socket = null;
let isHolding = false; // a crisis, until the questions go on
let conversation = localStorage.getItem(KEY);
let isPaused = false;
let sending = null; // { text, box }: said, and not yet answered
let attempt = 0;
let refused = 0;
let retry = 0;

function keep(id) {
  conversation = id;
  if (id) localStorage.setItem(KEY, id);
  else localStorage.removeItem(KEY);
  byId("pause").hidden = byId("leave").hidden = !id;
}

const isOpen = () => socket?.readyState === WebSocket.OPEN;

function send(type, fields = {}) {
  socket.send(JSON.stringify({ type, ...fields, timestamp: new Date().toISOString() }));
}

function act(verb) {
  if (isOpen() && conversation) send(`${verb}_conversation`, { conversation_id: conversation });
}

/** On a phone the keyboard would jump up and hide what was just said. */
function focusText() { if (hasKeyboard.matches) byId("text").focus(); }

function setPaused(value) {
  isPaused = value;
  byId("pause").hidden = value || !conversation;
  byId("write").hidden = value;
  byId("resume").hidden = !value;
  view.banner(value ? PAUSED : "");
  if (value) view.suggest([], "");
}

async function answer(text) {
  if (!text || sending || isPaused || !isOpen()) return;
  view.refuse("");
  view.suggest([], "");
  sending = { text, box: view.say(text, { mine: true }) };
  view.waiting(true);
  if (conversation) send("user_response", { conversation_id: conversation, content: text });
  else send("start_conversation", { player_id: await playerId(), metadata: { source: "web_ui" } });
}

function answered() {
  sending = null;
  view.waiting(false);
}

/** What could not be taken goes back to where it was written. */
function takeBack(reason) {
  view.refuse(reason);
  if (!sending) return;
  sending.box.remove();
  byId("text").value = sending.text;
  answered();
  focusText();
}

const hear = {
  conversation_started(frame) {
    keep(frame.conversation_id);
    if (sending) send("user_response", { conversation_id: conversation, content: sending.text });
  },
  assistant_message(frame) {
    if (conversation && frame.conversation_id !== conversation) return; // the greeting of a new one
    answered();
    const isReview = frame.stage === "summary" && !OUTSIDE.includes(frame.prompt_id);
    view.say(frame.content, { at: frame.timestamp, isReview });
    if (frame.prompt_id === "paused") setPaused(true);
    else if (frame.prompt_id === "abandoned") over();
    else if (frame.prompt_id === "crisis_support") view.suggest(frame.follow_up_prompts, "");
    else if (!OUTSIDE.includes(frame.prompt_id)) ask(frame);
  },
  progress_update(frame) { view.progress(frame.progress); },
  conversation_completed() { finish(); },
  validation_error(frame) { takeBack(frame.error_message); },
  crisis_detected(frame) {
    answered();
    // Without danger that was heard, nobody else says why the card is there.
    isHolding = frame.crisis_level !== "unreviewed";
    card.show(frame.resources, isHolding ? "" : frame.support_message);
    view.toEnd();
  },
  error(frame) {
    if (frame.error_code === "AUTHENTICATION_ERROR" && !conversation && !sending) return;
    if (frame.error_code === "CONVERSATION_NOT_FOUND") over();
    else takeBack(frame.error_message);
  },
};

function ask(frame) {
  if (isHolding) card.hide(); // the questions go on
  isHolding = false;
  setPaused(false);
  view.suggest(frame.follow_up_prompts, frame.context_text);
  focusText();
}

async function finish() {
  const told = await everything(conversation);
  byId("pause").hidden = byId("leave").hidden = true;
  if (told) view.result(told);
}

async function comeBack() {
  const told = await everything(conversation);
  if (!told || told.status === "abandoned") return keep(null);
  view.clear();
  view.live(false);
  for (const turn of told.turns) view.say(turn.content, { mine: turn.role === "player", at: turn.timestamp });
  view.live(true);
  view.toEnd();
  keep(conversation);
  view.progress(told.progress);
  setPaused(told.status === "paused");
  if (told.status === "completed") return finish();
  if (!isPaused) act("resume");
}

/** A new conversation begins with a new socket. */
function over() {
  keep(null);
  answered();
  setPaused(false);
  view.clear();
  card.hide();
  socket.close();
}

async function forgetAll() {
  try {
    await erase(conversation);
  } catch (error) {
    view.refuse(error.message);
    return;
  }
  over();
}

async function open() {
  clearTimeout(retry);
  try {
    connect(await token());
  } catch (error) {
    if (error instanceof Refused) view.door(false);
    else wait();
  }
}

function connect(value) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/conversational-character-creation?token=${value}`);
  let isGreeted = false;
  socket.onmessage = async ({ data }) => {
    const frame = JSON.parse(data);
    if (isGreeted || frame.type !== "assistant_message") return hear[frame.type]?.(frame);
    isGreeted = true;
    attempt = refused = 0;
    view.door(true);
    view.status("");
    byId("send").disabled = false;
    if (conversation) await comeBack();
    if (conversation) return;
    view.clear();
    view.live(true);
    hear.assistant_message(frame);
  };
  socket.onclose = ({ code }) => {
    if (code === UNAUTHENTICATED) renew();
    else wait();
  };
}

/** A token that has ended is replaced once; a second refusal is for the person to mend. */
function renew() {
  forget();
  refused += 1;
  if (refused > 1) view.door(false);
  else open();
}

function wait() {
  const pause = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  if (attempt) view.status("Connection lost, trying again", "warn");
  byId("send").disabled = true;
  takeBack("");
  retry = setTimeout(open, pause);
  attempt += 1;
}

function fit() {
  const text = byId("text");
  text.rows = Math.min(Math.max(text.value.split("\n").length, 1), 6);
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (!text || sending || !isOpen()) return;
  byId("text").value = "";
  fit();
  answer(text);
});
byId("text").addEventListener("input", fit);
byId("text").addEventListener("keydown", (event) => {
  // While an input method composes, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId("composer").requestSubmit();
});
byId("page").addEventListener("click", (event) => {
  const { says } = event.target.dataset;
  if (says) answer(says);
});
byId("pause").addEventListener("click", () => act("pause"));
byId("resume").addEventListener("click", () => act("resume"));
byId("newer").addEventListener("click", view.toEnd);
byId("leave").addEventListener("click", () => {
  byId("sure").returnValue = "no";
  byId("sure").showModal();
});
byId("sure").addEventListener("close", () => {
  const choice = byId("sure").returnValue;
  if (choice === "over") act("abandon");
  if (choice === "erase") forgetAll();
});
byId("again").addEventListener("click", over);
byId("erase").addEventListener("click", () => {
  byId("sure-erase").returnValue = "no";
  byId("sure-erase").showModal();
});
byId("sure-erase").addEventListener("close", () => {
  if (byId("sure-erase").returnValue === "erase") forgetAll();
});
byId("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const trouble = await logIn(byId("username").value, byId("password").value);
  byId("login-trouble").textContent = trouble;
  byId("password").value = "";
  refused = 0;
  if (!trouble) open();
});
addEventListener("online", () => { if (!isOpen()) open(); });
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && socket?.readyState === WebSocket.CLOSED && !byId("page").hidden) open();
});

open();
