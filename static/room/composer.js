/* Where one writes: Enter sends, Shift+Enter makes a new line. */

export class Composer {
  constructor({ form, text, speakers, warning, persona, isStaff, onSend, onTyping, onStop }) {
    Object.assign(this, { form, text, speakers, warning, persona, isStaff, onSend, onTyping, onStop });
    speakers.hidden = !isStaff;
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("input", () => this.#input());
    speakers.addEventListener("change", () => this.#warn());
  }

  get as() {
    return this.isStaff ? this.form.elements.speaker.value : "client";
  }

  #warn() {
    const asPersona = this.as === "persona";
    this.form.classList.toggle("as-persona", asPersona);
    this.warning.textContent = asPersona ? `The client will read it as ${this.persona()}’s words.` : "";
    this.text.focus();
  }

  #key(event) {
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #input() {
    this.#fit();
    if (this.text.value.trim()) this.onTyping(this.as);
    else this.onStop();
  }

  #fit() {
    this.text.rows = Math.min(Math.max(this.text.value.split("\n").length, 1), 6);
  }

  #send() {
    const content = this.text.value;
    this.text.focus();
    if (!content.trim()) return;
    this.onStop();
    this.onSend(content.trim(), this.as);
    this.text.value = "";
    this.#fit();
  }
}
