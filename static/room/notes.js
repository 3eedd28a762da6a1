/* The care team's notes beside a session. */

import { element, timeElement } from "./transcript.js";

export class Notes {
  #seen = new Set();

  constructor({ panel, toggle, list, form, text, trouble, api }) {
    Object.assign(this, { panel, toggle, list, form, text, trouble, api });
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#add(); });
    toggle.addEventListener("click", () => this.#open(toggle.getAttribute("aria-expanded") !== "true"));
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#open(false); });
    panel.hidden = false;
  }

  show(note) {
    if (this.#seen.has(note.id)) return;
    this.#seen.add(note.id);
    const article = element("article", "note");
    const words = element("p", "words", note.content);
    words.dir = "auto";
    const head = element("p", "fine", `${note.author} `);
    head.append(timeElement(note.timestamp));
    article.append(words, head);
    this.list.append(article);
    this.list.scrollTop = this.list.scrollHeight;
    this.toggle.textContent = `Notes (${this.#seen.size})`;
  }

  /** Only narrow windows hide the panel; there it lies over the conversation. */
  #open(wanted) {
    this.toggle.setAttribute("aria-expanded", String(wanted));
    this.panel.classList.toggle("open", wanted);
    (wanted ? this.text : this.toggle).focus();
  }

  async #add() {
    const content = this.text.value.trim();
    if (!content) return;
    const button = this.form.querySelector("button");
    button.disabled = true;
    try {
      this.show(await this.api.addNote(content));
      this.text.value = "";
      this.trouble.textContent = "";
    } catch (error) {
      this.trouble.textContent = `Not saved: ${error.message}`;
    }
    button.disabled = false;
  }
}
