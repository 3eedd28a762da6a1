/* The safety desk on every page of the back office: its badge, and the lists that show it, live. */

import { Connection } from "../room/connection.js";
import { StaffLogin } from "../room/credential.js";

const badge = document.getElementById("desk");
const news = document.getElementById("desk-news");
const { tokenUrl, csrf, user } = badge.dataset;
const KEY = `smartsteps.desk.${user}`; // of this person alone, if two share a browser
const SHOWS_THE_DESK = "[data-live], .model-safetyevent #changelist-form";
const title = document.title;

/** One token serves page after page. */
class DeskLogin extends StaffLogin {
  constructor() {
    super(tokenUrl, csrf);
    const kept = sessionStorage.getItem(KEY);
    if (kept) super.keep(kept);
  }

  keep(value) {
    sessionStorage.setItem(KEY, value);
    return super.keep(value);
  }
}

let known = { open: Number(badge.dataset.open), overdue: Number(badge.dataset.overdue) };
let isFirst = true;

function show({ open, overdue }) {
  const text = open ? `${open} open${overdue ? `, ${overdue} overdue` : ""}` : "nothing open";
  document.getElementById("desk-count").textContent = text;
  badge.className = `pill ${overdue ? "bad" : open ? "warn" : "quiet"}`;
  document.title = open ? `(${open}) ${title}` : title;
  if (open > known.open) news.textContent = `A new sign of danger. Safety: ${text}.`;
  else if (overdue > known.overdue) news.textContent = `A sign of danger is overdue. Safety: ${text}.`;
}

/** The same address read again; what is chosen and where one stands in the list are kept. */
async function refresh() {
  const places = document.querySelectorAll(SHOWS_THE_DESK);
  if (!places.length) return;
  const response = await fetch(location.href);
  if (!response.ok) return; // the next change, or a look at the page, tries again
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const place of places) {
    const next = fresh.getElementById(place.id);
    if (next) swap(place, document.adoptNode(next));
  }
}

function swap(place, next) {
  const { href } = place.contains(document.activeElement) ? document.activeElement : {};
  const chosen = [...place.querySelectorAll(".action-select:checked")].map(({ value }) => value);
  for (const box of next.querySelectorAll(".action-select")) box.checked = chosen.includes(box.value);
  place.replaceWith(next);
  [...next.querySelectorAll("a")].find((link) => link.href === href)?.focus();
  const boxes = next.querySelectorAll("tr input.action-select");
  if (boxes.length) window.Actions?.(boxes); // Django's own script for lists
}

async function hear({ type, data }) {
  if (type !== "safety_desk") return;
  const isNews = !isFirst || data.open !== known.open || data.overdue !== known.overdue;
  isFirst = false;
  show(data);
  known = data;
  if (isNews) await refresh();
}

show(known);
new Connection({
  entrance: { topic: "safety_desk", join: { type: "watch_desk", data: {} }, joined: "safety_desk" },
  credential: new DeskLogin(),
  onFrame: hear,
  onState: (state) => { badge.dataset.live = state; },
}).open();
