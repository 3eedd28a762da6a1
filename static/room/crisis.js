/* The card with the lines to call: shown in danger, put away with its button, and back with another. */

import { element } from "./transcript.js";

const byId = (id) => document.getElementById(id);
const REACHED = /https?:\/\/\S+|text (\w+) to (\d[\d ]*\d)|\*?\+?\d[\d ()-]*\d/gi;

function link(href, text) {
  const node = element("a", "", text);
  node.href = href;
  return node;
}

const digits = (text) => text.replaceAll(/[^\d+*]/g, "");

/** On a phone a press calls the number, or begins the text. */
function reached(found) {
  const [text, word, number] = found;
  if (number) return link(`sms:${digits(number)}?body=${word}`, text);
  if (!text.startsWith("http")) return link(`tel:${digits(text)}`, text);
  return Object.assign(link(text, text), { target: "_blank", rel: "noopener noreferrer" });
}

function contactNodes(contact, channels) {
  const nodes = [];
  let last = 0;
  for (const found of contact.matchAll(REACHED)) {
    nodes.push(contact.slice(last, found.index), reached(found));
    last = found.index + found[0].length;
  }
  nodes.push(contact.slice(last));
  const takesTexts = channels.includes("text") && channels.includes("call") && digits(contact) === contact;
  return takesTexts ? ["call ", ...nodes, " or ", link(`sms:${contact}`, "send a text")] : nodes;
}

function line({ name, contact, hours, channels }) {
  const item = document.createElement("li");
  item.append(element("strong", "", name), ": ", ...contactNodes(contact, channels ?? []));
  if (hours) item.append(" ", element("span", "fine", hours));
  return item;
}

/** What the server wrote into the page, for when nothing better is known. */
function written(item) {
  const [name, contact] = [item.querySelector("strong").textContent, item.querySelector("span").textContent];
  return { name, contact, hours: item.dataset.hours, channels: item.dataset.channels.split(" ") };
}

export class CrisisCard {
  wasShown = false;

  constructor() {
    this.card = byId("crisis");
    this.#draw([...byId("lines").children].map(written));
    byId("help").addEventListener("click", () => this.#turn());
    byId("crisis-close").addEventListener("click", () => this.#putAway());
    this.card.addEventListener("keydown", ({ key }) => { if (key === "Escape") this.#putAway(); });
  }

  #draw(lines) { byId("lines").replaceChildren(...lines.map(line)); }

  /** `said` goes before the lines, where nobody else says it. */
  show(lines, said = "") {
    this.wasShown = true;
    this.#draw(lines);
    byId("crisis-said").textContent = said;
    this.#open(true);
  }

  hide() { this.#open(false); }

  #open(isOpen) {
    this.card.hidden = !isOpen;
    byId("help").setAttribute("aria-expanded", String(isOpen));
  }

  #turn() {
    this.#open(this.card.hidden);
    if (!this.card.hidden) this.card.focus();
  }

  #putAway() {
    this.hide();
    byId("help").focus();
  }
}
