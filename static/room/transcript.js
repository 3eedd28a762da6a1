/* What was said, in order and once; text from people only ever becomes text nodes. */

const SAME_BREATH_MS = 120_000; // a following message of the same speaker needs no new heading
const NEAR_END_PX = 120;

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

export function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function timeElement(iso) {
  const moment = new Date(iso);
  const time = element("time", "fine", clock.format(moment));
  time.dateTime = iso;
  time.title = full.format(moment);
  return time;
}

/** The head and words of one message; `speaker` is {name, kind, badge}. */
export function bubble(speaker, content, timestamp) {
  const article = element("article", `message ${speaker.kind}`);
  const head = element("p", "speaker");
  const name = element("b", "", speaker.name);
  name.dir = "auto";
  head.append(name);
  if (speaker.badge) head.append(" ", element("span", "badge", speaker.badge));
  if (timestamp) head.append(" ", timeElement(timestamp));
  const words = element("p", "words", content);
  words.dir = "auto";
  article.append(head, words);
  return article;
}

export class Transcript {
  #seen = new Set();
  #last = null;
  #held = null; // live messages that came while older ones are being fetched
  #following = true; // until the reader scrolls up
  #fresh = null; // the message that has just come
  #top = 0;

  constructor({ log, scroller, newer, speakerOf }) {
    Object.assign(this, { log, scroller, newer, speakerOf });
    newer.addEventListener("click", () => this.toEnd());
    scroller.addEventListener("scroll", () => this.#scrolled());
    // Heights off screen are guesses until drawn, and the window may change its size.
    const observer = new ResizeObserver(() => { if (this.#following) this.#follow(); });
    for (const node of [scroller, ...scroller.children]) observer.observe(node);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) {
      this.#following = true;
      this.newer.hidden = true;
    } else if (scrollTop < this.#top) {
      this.#following = false;
    }
    this.#top = scrollTop;
  }

  get lastId() { return this.#last?.id; }

  /** Live messages wait until `release`, so that fetched ones stand before them. */
  hold() {
    this.#held ??= [];
    this.log.setAttribute("aria-live", "off");
  }

  release() {
    const waiting = this.#held ?? [];
    this.#held = null;
    this.append(waiting);
    // Only now: nobody wants to have the whole history read out.
    this.log.setAttribute("aria-live", "polite");
  }

  add(message) {
    if (this.#held) this.#held.push(message);
    else this.append([message]);
  }

  append(messages) {
    const part = document.createDocumentFragment();
    for (const message of messages) {
      if (this.#seen.has(message.id)) continue;
      this.#seen.add(message.id);
      part.append(this.#article(message));
      this.#last = message;
    }
    if (!part.childElementCount) return;
    this.log.append(part);
    this.#fresh = messages.length === 1 ? this.log.lastElementChild : null;
    if (this.#following) this.#follow();
    else this.newer.hidden = false;
  }

  /** To the end; but what is new and too long to be seen at once is read from its beginning. */
  #follow() {
    this.toEnd();
    const article = this.#fresh;
    if (!article || article.offsetHeight <= this.scroller.clientHeight) return;
    this.#fresh = null;
    this.#following = false;
    this.newer.hidden = false;
    article.scrollIntoView({ block: "start" });
  }

  #article(message) {
    const article = bubble(this.speakerOf(message), message.content, message.timestamp);
    article.dataset.id = message.id;
    if (this.#inSameBreath(message)) article.classList.add("follows");
    return article;
  }

  #inSameBreath(message) {
    const last = this.#last;
    return last !== null && last.sender_type === message.sender_type
      && last.sender_id === message.sender_id
      && new Date(message.timestamp) - new Date(last.timestamp) < SAME_BREATH_MS;
  }

  /** A line of ours between the messages; it goes when the persona speaks again. */
  remark(text) {
    this.clearRemarks();
    this.log.append(element("p", "remark", text));
    this.#last = this.#last && { ...this.#last, sender_id: null }; // a new heading follows
  }

  clearRemarks() {
    for (const line of this.log.querySelectorAll(".remark")) line.remove();
  }

  toEnd() {
    this.#following = true;
    this.newer.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
