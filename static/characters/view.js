/* What the person sees; nothing here knows of sockets. */

import { bubble, element } from "../room/transcript.js";

const byId = (id) => document.getElementById(id);
const GUIDE = { name: "Guide", kind: "persona", badge: "AI" };
const YOU = { name: "You", kind: "client" };
const OPEN = "Left open";
const PACE = { low: "gentle", medium: "medium", high: "direct" };
const NEAR_END_PX = 120;
const LABELS = {
  name: "Name", age: "Age", age_range: "Age", gender_identity: "Gender", pronouns: "Pronouns",
  physical_description: "Looks", background: "Background", values: "What matters",
  relationships: "People", primary_concerns: "What weighs", goals: "Hopes",
  preferred_intensity: "Pace", preferences: "What helps", readiness: "Ready, 0 to 10",
};

let isFollowing = true; // until the reader scrolls up
let isHeld = false; // at the beginning of something long, until the reader moves
let top = 0;

/** A line of a list; one of the newest summary has a button to change it. */
function noted(line, isReview) {
  const item = document.createElement("li");
  item.append(element("span", "told", line));
  const [label] = line.split(":");
  if (line.includes(":") && label !== OPEN && isReview) {
    const button = element("button", "quiet change", "Change");
    button.type = "button";
    button.dataset.says = `Change ${label.replace(/ \(.*/, "").toLowerCase()}`;
    button.setAttribute("aria-label", `Change: ${line}`);
    item.append(button);
  }
  return item;
}

function paragraphs(box, text, isReview) {
  box.replaceChildren();
  let list = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("- ")) {
      list ??= box.appendChild(document.createElement("ul"));
      list.append(noted(line.slice(2), isReview));
    } else if (line.trim()) {
      box.append(list || !box.hasChildNodes() ? line : `\n${line}`);
      list = null;
    }
  }
}

function scrolled() {
  const { scrollHeight, scrollTop, clientHeight } = byId("scroller");
  if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) {
    isFollowing = !isHeld;
    byId("newer").hidden = true;
  } else if (scrollTop < top) isFollowing = false;
  top = scrollTop;
}

export function toEnd() {
  isFollowing = true;
  isHeld = false;
  byId("scroller").scrollTop = byId("scroller").scrollHeight;
  byId("newer").hidden = true;
}

/** What is too long to be seen at once is read from its beginning. */
function toTop(box) {
  isFollowing = false;
  isHeld = true;
  box.scrollIntoView({ block: "start" });
}

byId("scroller").addEventListener("scroll", scrolled);
for (const move of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  byId("scroller").addEventListener(move, () => { isHeld = false; }, { passive: true });
}
// The quick answers below come and go, and heights off screen are guesses until drawn.
const observer = new ResizeObserver(() => { if (isFollowing) toEnd(); });
for (const node of [byId("scroller"), byId("log"), byId("typing")]) observer.observe(node);

export function say(text, { mine = false, at, isReview = false } = {}) {
  for (const button of document.querySelectorAll(".change")) button.remove();
  const box = bubble(mine ? YOU : GUIDE, "", at ?? new Date().toISOString());
  paragraphs(box.querySelector(".words"), text.trim(), isReview);
  byId("log").append(box);
  if (!mine && !isFollowing) byId("newer").hidden = false;
  else if (!mine && box.offsetHeight > byId("scroller").clientHeight) toTop(box);
  else toEnd();
  return box;
}

/** Whether messages are news, to be read out. */
export function live(value) {
  byId("log").setAttribute("aria-live", value ? "polite" : "off");
}

export function clear() {
  byId("log").replaceChildren();
  byId("result").hidden = true;
  byId("composer").hidden = false;
  suggest([], "");
  waiting(false);
}

/** `texts` are whole answers: a press says them. */
export function suggest(texts, hint) {
  byId("hint").textContent = hint;
  const buttons = texts.map((text) => {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.says = text;
    return button;
  });
  byId("suggestions").replaceChildren(...buttons);
}

export function progress({ current_stage: current, progress_percentage: percent, completed_stages: done }) {
  byId("bar").value = percent;
  const items = [...byId("stage-list").children];
  for (const item of items) {
    item.classList.toggle("done", done.includes(item.dataset.stage));
    if (item.dataset.stage === current) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  const place = items.findIndex((item) => item.dataset.stage === current);
  byId("stage-name").textContent = items[place].textContent;
  byId("stage-count").textContent = `Step ${place + 1} of ${items.length}`;
}

export function waiting(value) {
  byId("typing").replaceChildren();
  if (!value) return;
  const dots = element("span", "dots");
  dots.append(element("i"), element("i"), element("i"));
  byId("typing").append(dots, "The guide is reading…");
  toEnd();
}

const shown = (value) => [value].flat().join(", ").replaceAll("_", " ");

export function result({ collected_data: told, provenance }) {
  const data = { ...told, preferred_intensity: PACE[told.preferred_intensity] };
  if (provenance.gender_identity) data.gender_identity = provenance.gender_identity.at(-1).quote;
  const rows = Object.entries(LABELS).filter(([key]) => {
    const isTold = data[key] !== undefined && data[key].length !== 0;
    const isThere = { age_range: data.age !== undefined, gender_identity: told.gender_identity === told.pronouns };
    return isTold && !isThere[key];
  });
  byId("facts").replaceChildren(...rows.flatMap(([key, label]) => {
    const value = element("dd", "", shown(data[key]));
    value.dir = "auto";
    return [element("dt", "", label), value];
  }));
  byId("result-title").textContent = data.name ? "Your companion is ready" : "Thank you";
  byId("next").hidden = !data.name;
  byId("result").hidden = false;
  byId("composer").hidden = true;
  suggest([], "");
  isFollowing = false;
  byId("result").focus({ preventScroll: true });
  byId("result").scrollIntoView({ block: "start" });
}

export function status(text, kind = "") {
  byId("status").textContent = text;
  byId("status").className = `pill ${kind}`;
  byId("status").hidden = !text;
}

export function banner(text) { byId("banner").textContent = text; }
export function refuse(text) { byId("refusal").textContent = text; }

export function door(isOpen) {
  byId("door").hidden = isOpen;
  byId("page").hidden = !isOpen;
  if (!isOpen) byId("username").focus();
}
