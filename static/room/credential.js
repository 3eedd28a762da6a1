/* The page's right to talk to the API: a client's join token, or a clinician's log-in.

Tokens are renewed at half their life, counted from the moment they came, so that a wrong clock
does no harm. */

import { ApiError, request } from "./api.js";

const LEAST_WAIT_MS = 10_000;

/** The person has to do something: open a new link, or log in. */
export class Refused extends Error {}

function lifetimeMs(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const { iat, exp } = JSON.parse(atob(payload));
  return (exp - iat) * 1000;
}

class Credential {
  /** `onRenewed` is told each new token. */
  onRenewed = () => {};
  #value = null;
  #timer = 0;
  #renewing = null;

  async token() {
    return this.#value ?? this.renew();
  }

  keep(value) {
    this.#value = value;
    return value;
  }

  /** Resolves to a fresh token; one call at a time. Rejects with Refused or ApiError. */
  renew() {
    this.#renewing ??= this.fetch().finally(() => { this.#renewing = null; });
    return this.#renewing.then((value) => {
      this.keep(value);
      this.#renewIn(lifetimeMs(value) / 2);
      return value;
    });
  }

  #renewIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renewQuietly(), Math.max(wait, LEAST_WAIT_MS));
  }

  async #renewQuietly() {
    try {
      this.onRenewed(await this.renew());
    } catch (error) {
      // Without a server it is tried again; a refusal shows when the old token ends.
      if (error instanceof ApiError && error.status !== 409) this.#renewIn(LEAST_WAIT_MS);
    }
  }
}

export class JoinToken extends Credential {
  constructor(sessionId, value) {
    super();
    this.sessionId = sessionId;
    this.keep(value);
  }

  static key(sessionId) { return `smartsteps.join.${sessionId}`; }

  keep(value) {
    sessionStorage.setItem(JoinToken.key(this.sessionId), value);
    return super.keep(value);
  }

  async fetch() {
    const path = `/api/v1/sessions/${this.sessionId}/join-token`;
    try {
      return (await request("POST", path, { token: await this.token() })).token;
    } catch (error) {
      throw error.status === 401 || error.status === 404 ? new Refused() : error;
    }
  }
}

export class StaffLogin extends Credential {
  constructor(tokenUrl, csrf) {
    super();
    this.tokenUrl = tokenUrl;
    this.csrf = csrf;
  }

  async fetch() {
    try {
      return (await request("POST", this.tokenUrl, { headers: { "X-CSRFToken": this.csrf } })).token;
    } catch (error) {
      throw error.status === 403 || error.status === 404 ? new Refused() : error;
    }
  }
}
