/* One socket that keeps coming back, and goes on where it was.

States told to `onState`: "connecting", "joined", "lost" (trying again by itself),
"refused" (the person has to do something) and "missing" (no such session for this person). */

import { Refused } from "./credential.js";

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 12_000;
const HEARTBEAT_MS = 25_000;
const SILENCE_MS = 10_000; // a socket that does not answer for so long is dead
const UNAUTHENTICATED = 4401;

export class Connection {
  #socket = null;
  #attempt = 0;
  #retry = 0;
  #heart = 0;
  #silence = 0;
  #lastNumber = null; // the place in the session's stream up to which everything was seen
  #frames = 0;
  #joinId = null;
  #renewed = false;

  /** `entrance` is how one comes in: { topic, join: {type, data}, joined: the type that answers }. */
  constructor({ entrance, credential, onFrame, onState }) {
    Object.assign(this, { entrance, credential, onFrame, onState });
    this.topic = `${entrance.topic}.`;
    this.joined = false;
    credential.onRenewed = (token) => this.#send("authenticate", { token });
    addEventListener("offline", () => this.#lose(this.#socket));
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.hurry(); });
  }

  async open() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.onState("connecting");
    try {
      this.#connect(await this.credential.token());
    } catch (error) {
      if (error instanceof Refused) this.onState("refused");
      else this.#wait();
    }
  }

  /** Try now instead of at the end of the wait. */
  hurry() {
    if (!this.#retry) return;
    this.#attempt = 0;
    this.open();
  }

  /** The frame's id, or null while there is nobody to send it to. */
  send(type, data) {
    return this.joined ? this.#send(type, data) : null;
  }

  #send(type, data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return null;
    const id = `f${(this.#frames += 1)}`;
    this.#socket.send(JSON.stringify({ type, id, data }));
    return id;
  }

  #connect(token) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    this.#socket = socket;
    this.#listen(socket);
    socket.onopen = () => this.#send("authenticate", { token });
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#hear(JSON.parse(event.data));
    };
    socket.onclose = (event) => this.#lose(socket, event.code);
  }

  #listen(socket) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(socket), SILENCE_MS);
  }

  #hear(frame) {
    clearTimeout(this.#silence);
    if (frame.id.startsWith(this.topic)) this.#lastNumber = Number(frame.id.slice(this.topic.length));
    if (frame.type === "authenticated") {
      this.#letIn();
      return;
    }
    if (frame.type === "error" && this.#joinId && frame.data.request_id === this.#joinId) {
      this.#notLetIn(frame.data.code);
      return;
    }
    this.onFrame(frame);
    if (frame.type === this.entrance.joined && !this.joined) this.#enter();
  }

  #letIn() {
    if (this.#joinId) return;
    const resume = this.#lastNumber === null ? {} : { resume_from: this.#lastNumber };
    const { type, data } = this.entrance.join;
    this.#joinId = this.#send(type, { ...data, ...resume });
  }

  #notLetIn(code) {
    if (code === "session_not_found") this.stop("missing");
    else this.#lose(this.#socket);
  }

  /** For good; `state` says why. */
  stop(state) {
    const socket = this.#leave();
    socket?.close();
    this.onState(state);
  }

  #enter() {
    this.joined = true;
    this.#attempt = 0;
    this.#renewed = false;
    this.#heart = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.onState("joined");
  }

  async #beat() {
    const socket = this.#socket;
    this.#send("authenticate", { token: await this.credential.token() });
    this.#listen(socket);
  }

  #leave() {
    const socket = this.#socket;
    this.#socket = this.#joinId = null;
    this.joined = false;
    clearInterval(this.#heart);
    clearTimeout(this.#silence);
    return socket;
  }

  #lose(socket, code) {
    if (socket === null || socket !== this.#socket) return;
    this.#leave().close();
    if (code === UNAUTHENTICATED) this.#renewOnce();
    else this.#wait();
  }

  async #renewOnce() {
    if (this.#renewed) {
      this.onState("refused");
      return;
    }
    this.#renewed = true;
    try {
      await this.credential.renew();
      await this.open();
    } catch (error) {
      if (error instanceof Refused) this.onState("refused");
      else this.#wait();
    }
  }

  /** Twice as long each time, and at random, so that a thousand pages don't return at once. */
  #wait() {
    const longest = Math.min(FIRST_WAIT_MS * 2 ** this.#attempt, LONGEST_WAIT_MS);
    this.#attempt += 1;
    this.#retry = setTimeout(() => this.open(), longest * (0.5 + Math.random() / 2));
    this.onState("lost");
  }
}
