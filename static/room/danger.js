/* What staff see above the conversation while a sign of danger in it is open on the desk. */

import { element } from "./transcript.js";

const words = (text) => text.replaceAll("_", " ");

const STATES = {
  opened: "Nobody has acknowledged it yet.",
  acknowledged: "It is acknowledged.",
  escalated: "It is escalated.",
};

export class DangerNotice {
  #shown = "";

  constructor(place, sessionId) {
    Object.assign(this, { place, sessionId });
  }

  /** The session's own frame, which comes first. */
  hear(alert) {
    this.#draw(alert);
  }

  /** The desk as it is now: the notice goes when the event is closed. */
  look({ events }) {
    this.#draw(events.find((event) => event.subject_id === this.sessionId));
  }

  #draw(event) {
    this.place.hidden = !event;
    if (!event) return;
    const text = `Sign of danger: ${words(event.level)}, ${words(event.category)}. ${event.overdue ? "Overdue: nobody has looked yet." : STATES[event.state]}`;
    if (text === this.#shown) return; // or it would be read out again
    this.#shown = text;
    const link = element("a", "", "Open it on the desk");
    Object.assign(link, { href: `${this.place.dataset.desk}${event.event_id}/change/`, target: "_blank" });
    this.place.replaceChildren(`${text} `, link);
  }
}
