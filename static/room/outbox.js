/* Our own messages until the server has them: shown at once, sent again under the same id.

Kept for the tab in sessionStorage, so that a reload loses none. */

import { bubble, element } from "./transcript.js";

const CONFIRM_WITHIN_MS = 10_000;
const AGAIN_AFTER_MS = 2_000;
const PASSING = new Set(["rate_limited", "internal_error"]);

const TEXTS = {
  sending: "Sending…",
  waiting: "Not sent yet – it goes out when the connection is back",
  failed: "Not sent",
};

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  #items = new Map(); // client_message_id -> {id, content, senderType, state, frameId, node}

  constructor({ place, storageKey, send, speakerOf, onShown }) {
    Object.assign(this, { place, storageKey, send, speakerOf, onShown });
    for (const item of JSON.parse(sessionStorage.getItem(storageKey) ?? "[]")) this.#show(item);
  }

  post(content, senderType) {
    const item = { id: randomId(), content, senderType };
    this.#show(item);
    this.#keep();
    this.#try(item);
  }

  /** Everything that the server has not confirmed; it knows a repeated id. */
  flush() {
    for (const item of this.#items.values()) this.#try(item);
  }

  disconnected() {
    for (const item of this.#items.values()) {
      if (item.state === "sending") this.#mark(item, "waiting");
    }
  }

  /** Whether the message was one of ours. */
  confirm(message) {
    const item = this.#items.get(message.metadata?.client_message_id);
    if (item) this.#remove(item);
    return Boolean(item);
  }

  /** Whether the error frame was an answer to one of our messages. */
  refuse({ request_id: frameId, code, message }) {
    const item = [...this.#items.values()].find((one) => frameId && one.frameId === frameId);
    if (!item) return false;
    if (PASSING.has(code)) setTimeout(() => this.#try(item), AGAIN_AFTER_MS);
    else this.#mark(item, "failed", message);
    return true;
  }

  #try(item) {
    if (!this.#items.has(item.id)) return;
    item.frameId = this.send("send_message", {
      content: item.content,
      sender_type: item.senderType,
      metadata: { client_message_id: item.id },
    });
    this.#mark(item, item.frameId ? "sending" : "waiting");
  }

  #show(item) {
    item.node = bubble(this.speakerOf(item.senderType), item.content);
    item.node.classList.add("pending");
    item.note = element("p", "delivery");
    item.node.append(item.note);
    this.#items.set(item.id, item);
    this.place.append(item.node);
    this.#mark(item, "waiting");
    this.onShown();
  }

  #mark(item, state, reason) {
    clearTimeout(item.timer);
    item.state = state;
    item.note.textContent = TEXTS[state];
    item.node.classList.toggle("failed", state === "failed");
    if (state === "sending") item.timer = setTimeout(() => this.#mark(item, "failed"), CONFIRM_WITHIN_MS);
    if (state !== "failed") return;
    if (reason) item.note.append(`: ${reason}`);
    item.note.append(" ", this.#button("Retry", () => this.#try(item)));
    item.note.append(" ", this.#button("Discard", () => this.#remove(item)));
  }

  #button(text, act) {
    const button = element("button", "link", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  #remove(item) {
    clearTimeout(item.timer);
    item.node.remove();
    this.#items.delete(item.id);
    this.#keep();
  }

  #keep() {
    const items = [...this.#items.values()].map(({ id, content, senderType }) => ({ id, content, senderType }));
    if (items.length) sessionStorage.setItem(this.storageKey, JSON.stringify(items));
    else sessionStorage.removeItem(this.storageKey);
  }
}
