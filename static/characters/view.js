/* What the person sees; nothing here knows of sockets. */

const byId = (id) => document.getElementById(id);
const LABELS = {
  name: "Name", age_range: "Age", gender_identity: "Gender", physical_description: "Looks",
  primary_concerns: "Wants help with", preferred_intensity: "Pace",
};

function paragraphs(box, text) {
  let list = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("- ")) {
      list ??= box.appendChild(document.createElement("ul"));
      list.appendChild(document.createElement("li")).textContent = line.slice(2);
    } else {
      list = null;
      box.append(`${line}\n`);
    }
  }
}

export function say(text, { mine = false } = {}) {
  const box = document.createElement("div");
  box.className = mine ? "said mine" : "said";
  box.dir = "auto";
  const who = box.appendChild(document.createElement("span"));
  who.className = "hidden";
  who.textContent = mine ? "You: " : "Companion guide: ";
  paragraphs(box, text.trim());
  byId("log").append(box);
  byId("scroller").scrollTop = byId("scroller").scrollHeight;
  return box;
}

export function clear() {
  byId("log").replaceChildren();
  byId("result").hidden = byId("crisis").hidden = true;
  byId("composer").hidden = false;
  suggest([], "");
}

export function suggest(texts, hint) {
  byId("hint").textContent = hint;
  const buttons = texts.map((text) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      byId("text").value = text;
      byId("text").focus();
    });
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
  byId("stage-name").textContent = items.find((item) => item.dataset.stage === current).textContent;
  byId("stage-count").textContent = `${done.length} of ${items.length} done`;
}

export function crisis(resources) {
  const lines = resources.map(({ name, contact }) => {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("strong"), { textContent: name }), `: ${contact}`);
    return line;
  });
  byId("lines").replaceChildren(...lines);
  byId("crisis").hidden = false;
}

export function result({ name, character_preview: preview }) {
  const all = { name, ...preview.appearance, ...preview.therapeutic_profile };
  const rows = Object.entries(LABELS).filter(([key]) => all[key] && all[key].length !== 0);
  byId("facts").replaceChildren(...rows.flatMap(([key, label]) => [
    Object.assign(document.createElement("dt"), { textContent: label }),
    Object.assign(document.createElement("dd"), { textContent: [all[key]].flat().join(", ").replaceAll("_", " ") }),
  ]));
  over();
  byId("result").focus();
}

/** Nothing more can be said here. */
export function over() {
  byId("result").hidden = false;
  byId("composer").hidden = true;
  suggest([], "");
}

export function status(text, kind = "") {
  byId("status").textContent = text;
  byId("status").className = `pill ${kind}`;
}

export function refuse(text) { byId("refusal").textContent = text; }
export function door(loginUrl) {
  byId("door").hidden = false;
  byId("login").href = loginUrl;
  document.querySelector("main").hidden = true;
}
