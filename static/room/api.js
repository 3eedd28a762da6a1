/* Calls to the REST API with the page's credential. */

export class ApiError extends Error {
  /** `status` is 0 when no answer came at all. */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const UNREACHABLE = "The server can't be reached just now. Please try again.";

export async function request(method, path, { token, body, headers = {} } = {}) {
  const all = { ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (body) all["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers: all, body: body && JSON.stringify(body) });
  } catch {
    throw new ApiError(0, UNREACHABLE);
  }
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : null;
  if (!response.ok) throw new ApiError(response.status, answer?.error?.message ?? response.statusText);
  return answer;
}

/** The session's part of the API, for the holder of `credential`. */
export class SessionApi {
  constructor(sessionId, credential) {
    this.root = `/api/v1/sessions/${sessionId}`;
    this.credential = credential;
  }

  async call(method, path, body) {
    return request(method, path, { token: await this.credential.token(), body });
  }

  details() { return this.call("GET", this.root); }
  persona(id) { return this.call("GET", `/api/v1/personas/${encodeURIComponent(id)}`); }
  move(verb) { return this.call("POST", `${this.root}/${verb}`); }
  invite() { return this.call("POST", `${this.root}/join-token`); }
  instruments() { return this.call("GET", "/api/v1/instruments"); }
  fillIn(instrument, answers) { return this.call("POST", `${this.root}/measures`, { instrument, answers }); }
  addNote(content) { return this.call("POST", `${this.root}/notes`, { content }); }

  messages(after) {
    const query = after ? `&after=${after}` : "";
    return this.call("GET", `${this.root}/messages?limit=500${query}`);
  }
}
