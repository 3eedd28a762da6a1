/* Who is who in this room, as this reader is to see them. */


/** `dr_morgan_hayes` as a name, for when the persona's own can't be had. */
function readable(personaId) {
  const words = personaId.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join(" ").replace(/^Dr /, "Dr. ");
}

export class People {
  /** `staff` is the reader's e-mail address, or null for the client. */
  constructor(staff, clientName) {
    this.staff = staff;
    this.clientName = clientName;
    this.persona = "";
  }

  async meet(personaId, api) {
    this.persona ||= readable(personaId);
    try {
      this.persona = (await api.persona(personaId)).name;
    } catch (error) {
      console.info(`The persona's name is made from its id: ${error.message}`);
    }
  }

  speakerOf({ sender_type: kind, sender_id: id }) {
    return { kind, badge: this.#badge(kind), own: this.#isOwn(kind, id), name: this.#name(kind, id) };
  }

  #badge(kind) {
    if (kind === "persona") return "AI";
    return kind === "facilitator" && this.staff ? "Clinician" : "";
  }

  #isOwn(kind, id) {
    return this.staff ? kind === "facilitator" && id === this.staff : kind === "client";
  }

  #name(kind, id) {
    if (kind === "persona") return this.persona;
    if (this.#isOwn(kind, id)) return "You";
    if (kind === "client") return this.clientName;
    return this.staff ? id : "Your clinician";
  }
}
