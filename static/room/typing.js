/* Who is typing: told to others while keys are pressed, and shown when others do. */

const OFF_AFTER_MS = 3_000;
const REPEAT_AFTER_MS = 2_000;
// If an "off" gets lost, a person's indicator goes by itself; a persona may take its time.
const SHOWN_MS = { persona: 60_000, client: 6_000, facilitator: 6_000 };

export class TypingSignal {
  #off = 0;
  #told = 0; // when it was last told, 0 while off
  #as = null;

  constructor(send) { this.send = send; }

  pressed(senderType) {
    if (this.#as !== senderType) this.stop();
    this.#as = senderType;
    clearTimeout(this.#off);
    this.#off = setTimeout(() => this.stop(), OFF_AFTER_MS);
    if (Date.now() - this.#told < REPEAT_AFTER_MS) return;
    this.#told = Date.now();
    this.#tell(true);
  }

  stop() {
    clearTimeout(this.#off);
    if (this.#told) this.#tell(false);
    this.#told = 0;
  }

  #tell(isTyping) { this.send("typing_indicator", { sender_type: this.#as, is_typing: isTyping }); }
}

export class TypingLine {
  #typists = new Map(); // who -> {name, timer}

  constructor(line, speakerOf) { Object.assign(this, { line, speakerOf }); }

  hear(typist) {
    const who = `${typist.sender_type} ${typist.sender_id}`;
    const { name, own } = this.speakerOf(typist);
    if (own) return;
    this.#forget(who);
    if (typist.is_typing) {
      const timer = setTimeout(() => { this.#forget(who); this.#draw(); }, SHOWN_MS[typist.sender_type]);
      this.#typists.set(who, { name, timer });
    }
    this.#draw();
  }

  /** A message says that its sender is not typing any more. */
  heardFrom(message) {
    this.hear({ ...message, is_typing: false });
  }

  clear() {
    for (const who of [...this.#typists.keys()]) this.#forget(who);
    this.#draw();
  }

  #forget(who) {
    clearTimeout(this.#typists.get(who)?.timer);
    this.#typists.delete(who);
  }

  #draw() {
    const names = [...this.#typists.values()].map(({ name }) => name);
    this.line.replaceChildren();
    if (names.length) {
      const dots = document.createElement("span");
      dots.className = "dots";
      dots.setAttribute("aria-hidden", "true");
      dots.append(...[1, 2, 3].map(() => document.createElement("i")));
      this.line.append(dots, ` ${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`);
    }
  }
}
