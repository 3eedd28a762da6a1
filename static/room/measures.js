/* Questionnaires that the client fills in: choose one, answer it, and read what helps at once. */

import { element } from "./transcript.js";

const byId = (id) => document.getElementById(id);

function choice(item, number, value, text) {
  const label = element("label");
  const input = element("input");
  Object.assign(input, { type: "radio", name: `item${number}`, value: String(value) });
  label.append(input, ` ${text}`);
  return label;
}

function question(item, index, scale) {
  const number = index + 1;
  const field = element("fieldset", "item");
  field.append(element("legend", "", `${number}. ${item}`));
  field.append(...scale.map((text, value) => choice(item, number, value, text)));
  return field;
}

export class Measures {
  #chosen = null;

  constructor({ api }) {
    this.api = api;
    byId("fill-in").hidden = false;
    byId("fill-in").addEventListener("click", () => this.#open());
    byId("measure-form").addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    byId("measure-close").addEventListener("click", () => byId("measure").close());
  }

  async #open() {
    this.#show("Questionnaires", element("p", "", "One moment…"));
    byId("measure").showModal();
    try {
      const { instruments } = await this.api.instruments();
      const intro = element("p", "", "Short questions about the last two weeks. Your clinician reads your answers. You may leave any of them open.");
      this.#show("Questionnaires", intro, ...instruments.map((form) => this.#offer(form)));
    } catch (error) {
      this.#trouble(error);
    }
  }

  #offer(form) {
    const button = element("button", "offer", `${form.items.length} questions (${form.name})`);
    button.type = "button";
    button.addEventListener("click", () => this.#ask(form));
    return button;
  }

  #ask(form) {
    this.#chosen = form;
    const items = form.items.map((item, index) => question(item, index, form.scale));
    this.#show(form.name, element("p", "", form.instruction), ...items);
    byId("measure-send").hidden = false;
    byId("measure-title").focus();
  }

  #answers() {
    const data = new FormData(byId("measure-form"));
    return this.#chosen.items.map((_, index) => {
      const given = data.get(`item${index + 1}`);
      return given === null ? null : Number(given);
    });
  }

  async #send() {
    const answers = this.#answers();
    if (answers.every((answer) => answer === null)) {
      this.#trouble(new Error("Please answer at least one question."));
      return;
    }
    byId("measure-send").disabled = true;
    try {
      const receipt = await this.api.fillIn(this.#chosen.instrument, answers);
      this.#thank(receipt);
    } catch (error) {
      this.#trouble(error);
    } finally {
      byId("measure-send").disabled = false;
    }
  }

  #thank({ support, is_complete: complete }) {
    const open = complete ? "" : " Some questions were left open; that is all right.";
    const lines = [element("p", "", `Your answers have reached your clinician.${open}`)];
    // Crisis lines stand on lines of their own.
    if (support) lines.unshift(this.#support(support));
    this.#show("Thank you", ...lines);
    byId("measure-title").focus();
  }

  #support(text) {
    const box = element("div", "support");
    box.append(...text.split("\n").map((line) => element("p", "", line)));
    return box;
  }

  #show(title, ...parts) {
    byId("measure-title").textContent = title;
    byId("measure-body").replaceChildren(...parts);
    byId("measure-trouble").textContent = "";
    byId("measure-send").hidden = true;
  }

  #trouble(error) {
    byId("measure-trouble").textContent = error.message;
  }
}
