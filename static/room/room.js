/* The room: draws what the session is, and passes on what happens. */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { CrisisCard } from "./crisis.js";
import { DangerNotice } from "./danger.js";
import { ask, showInvitation } from "./dialogs.js";
import { Measures } from "./measures.js";
import { Notes } from "./notes.js";
import { Outbox } from "./outbox.js";
import { element, Transcript } from "./transcript.js";
import { TypingLine, TypingSignal } from "./typing.js";
import * as wording from "./wording.js";

const LOAD_AGAIN_MS = 2_000;
const STEPS = { scheduled: 0, active: 1, completed: 2, cancelled: 2 }; // a session only moves on
const byId = (id) => document.getElementById(id);

export class Room {
  #session = null;
  #loading = false;

  /** `door(state)` shows a page instead of the room. */
  constructor({ sessionId, credential, api, people, door }) {
    Object.assign(this, { sessionId, api, people, door });
    const speakerOf = (message) => people.speakerOf(message);
    this.connection = new Connection({
      entrance: { topic: `session.${sessionId}`, join: { type: "join_session", data: { session_id: sessionId } }, joined: "session_update" },
      credential, onFrame: (frame) => this.#hear(frame), onState: (state) => this.#enter(state),
    });
    this.transcript = new Transcript({ log: byId("log"), scroller: byId("scroller"), newer: byId("newer"), speakerOf });
    this.typing = new TypingLine(byId("typing"), speakerOf);
    this.signal = new TypingSignal((type, data) => this.#send(type, data));
    this.transcript.hold();
    this.#wireControls();
  }

  open() { this.connection.open(); }

  #send(type, data) { return this.connection.send(type, { session_id: this.sessionId, ...data }); }

  #wireControls() {
    if (!this.people.staff) {
      new Measures({ api: this.api });
      this.card = new CrisisCard();
      return;
    }
    byId("help").hidden = true; // the desk is for them
    this.danger = new DangerNotice(byId("danger"), this.sessionId);
    byId("controls").hidden = false;
    byId("start").addEventListener("click", () => this.#move("start"));
    byId("end").addEventListener("click", () => this.#moveIfSure("end", {
      title: "End the session?", text: "Nobody can write any more after that. Notes can still be added.", yes: "End session", grave: true,
    }));
    byId("cancel").addEventListener("click", () => this.#moveIfSure("cancel", {
      title: "Cancel the session?", text: "It can’t be started any more after that.", yes: "Cancel session", grave: true,
    }));
    byId("invite").addEventListener("click", () => this.#tryTo(async () => {
      showInvitation(this.sessionId, await this.api.invite());
    }));
  }

  async #moveIfSure(verb, question) {
    if (await ask(question)) await this.#move(verb);
  }

  #move(verb) {
    return this.#tryTo(async () => this.#update(await this.api.move(verb)));
  }

  async #tryTo(act) {
    byId("refusal").textContent = "";
    try {
      await act();
    } catch (error) {
      byId("refusal").textContent = error.message;
    }
  }

  #enter(state) {
    const act = { joined: () => this.#joined(), lost: () => this.#lost(), refused: () => this.#refused(), missing: () => this.door("missing") };
    act[state]?.();
  }

  #joined() {
    byId("banner").textContent = "";
    if (this.people.staff) this.connection.send("watch_desk", {});
    if (this.#session) this.outbox.flush();
    else this.#load();
  }

  #lost() {
    this.typing.clear();
    if (!this.#session) {
      this.door("lost");
      return;
    }
    this.outbox.disconnected();
    byId("banner").textContent = "Reconnecting… What you write is kept, and sent when the connection is back.";
  }

  #refused() {
    // After the end a token may run out; there is nothing to do about it.
    if (this.#session && STEPS[this.#session.status] === 2 && !this.people.staff) return;
    this.door(this.people.staff ? "refusedStaff" : "refusedClient");
  }

  /** Joined first, read second: what happens in between arrives live and is merged. */
  async #load() {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const session = await this.api.details();
      await this.people.meet(session.persona_id, this.api);
      this.#furnish(session);
    } catch (error) {
      console.info(`Reading the session again: ${error.message}`);
      setTimeout(() => { if (this.connection.joined) this.#load(); }, LOAD_AGAIN_MS);
    } finally {
      this.#loading = false;
    }
  }

  #furnish(session) {
    this.door(null);
    this.#session = session;
    this.#composer();
    this.#notes(session.facilitator_notes);
    this.#draw();
    this.transcript.append(session.messages);
    this.transcript.release();
    this.outbox = this.#outbox();
    this.outbox.flush();
    this.transcript.toEnd();
  }

  #outbox() {
    return new Outbox({
      place: byId("unsent"),
      storageKey: `smartsteps.unsent.${this.sessionId}.${this.people.staff ?? "client"}`,
      send: (type, data) => this.#send(type, data),
      speakerOf: (kind) => this.people.speakerOf({ sender_type: kind, sender_id: this.people.staff }),
      onShown: () => this.transcript.toEnd(),
    });
  }

  #composer() {
    byId("persona-choice").textContent = this.people.persona;
    this.composer = new Composer({
      form: byId("composer"), text: byId("text"), speakers: byId("speakers"), warning: byId("as-persona"),
      persona: () => this.people.persona,
      isStaff: Boolean(this.people.staff),
      onSend: (content, as) => this.outbox.post(content, as),
      onTyping: (as) => this.signal.pressed(as),
      onStop: () => this.signal.stop(),
    });
  }

  #notes(known) {
    if (!this.people.staff) return;
    this.notes = new Notes({
      panel: byId("notes"), toggle: byId("notes-toggle"), list: byId("note-list"),
      form: byId("note-form"), text: byId("note"), trouble: byId("note-trouble"), api: this.api,
    });
    for (const note of known) this.notes.show(note);
  }

  #hear({ type, id, data }) {
    const act = {
      new_message: () => this.#hearMessage(data.message),
      session_update: () => this.#update(data),
      typing_indicator: () => this.typing.hear(data),
      new_note: () => this.notes?.show(data.note),
      replay_gap: () => this.#fillGap(),
      crisis_lines: () => this.#help(data),
      safety_alert: () => this.danger?.hear(data),
      safety_desk: () => this.danger?.look(data),
      error: () => this.#hearError(id, data),
    };
    act[type]?.();
  }

  /** Without a message it is a reminder at the door: whoever has put it away has seen it. */
  #help({ resources, message_id: message }) {
    if (message || !this.card?.wasShown) this.card?.show(resources);
  }

  #hearMessage(message) {
    if (message.sender_type === "persona") this.transcript.clearRemarks();
    this.outbox?.confirm(message);
    this.transcript.add(message);
    this.typing.heardFrom(message);
  }

  #hearError(id, data) {
    if (this.outbox?.refuse(data)) return;
    // With a place in the stream it is a fact of the session: the persona could not answer.
    if (id.startsWith(this.connection.topic)) this.transcript.remark(data.message);
    else if (data.code === "permission_denied" && !data.request_id) this.connection.stop("missing");
  }

  /** Events were purged while we were away: messages are read, and held ones come after. */
  async #fillGap() {
    this.transcript.hold();
    await this.#tryTo(async () => {
      let page;
      do {
        page = await this.api.messages(this.transcript.lastId);
        this.transcript.append(page.messages);
      } while (page.has_more);
    });
    this.transcript.release();
  }

  #update(state) {
    if (!this.#session || STEPS[state.status] < STEPS[this.#session.status]) return;
    const begins = this.#session.status === "scheduled" && state.status === "active";
    Object.assign(this.#session, state);
    this.#draw();
    if (begins && !this.people.staff) byId("text").focus();
  }

  #draw() {
    const { status } = this.#session;
    byId("title").textContent = this.people.staff ? this.people.clientName : this.people.persona;
    byId("disclosure").textContent = wording.disclosure(this.people);
    byId("times").textContent = wording.times(this.#session);
    byId("status").textContent = wording.STATUS[status];
    byId("status").className = `pill ${status}`;
    this.#drawCard(byId("opening"), wording.opening(this.#session, this.people));
    this.#drawCard(byId("closing"), wording.closing(this.#session, this.people));
    byId("composer").hidden = status !== "active";
    if (this.people.staff) byId("after").hidden = status !== "completed";
    this.#drawControls(status);
  }

  #drawControls(status) {
    const shown = { start: ["scheduled"], cancel: ["scheduled"], end: ["active"], invite: ["scheduled", "active"] };
    for (const [id, statuses] of Object.entries(shown)) byId(id).hidden = !statuses.includes(status);
    if (STEPS[status] === 2) this.typing.clear();
  }

  #drawCard(place, texts) {
    place.hidden = !texts;
    if (texts) place.replaceChildren(element("h2", "", texts[0]), element("p", "", texts[1]));
  }
}
