/* The page's right to talk: a token from the link, or one for whoever is logged in here. */

const KEY = "smartsteps.character.token";
const { csrf, tokenUrl, loggedIn } = document.body.dataset;

/** The person has to log in, or to open a new link. */
export class Refused extends Error {}

const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}
let current = sessionStorage.getItem(KEY);

export async function token() {
  if (current) return current;
  if (loggedIn === undefined) throw new Refused();
  const response = await fetch(tokenUrl, { method: "POST", headers: { "X-CSRFToken": csrf } });
  if (response.status === 403) throw new Refused();
  if (!response.ok) throw new Error(response.statusText);
  current = (await response.json()).token;
  return current;
}

/** It was refused: the next call gets a new one, or says that there is none. */
export function forget() {
  current = null;
  sessionStorage.removeItem(KEY);
}

export async function playerId() {
  const payload = (await token()).split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload)).user_id;
}

/** What was said so far, or null when the conversation is gone. */
export async function transcript(id) {
  const headers = { Authorization: `Bearer ${await token()}` };
  const response = await fetch(`/api/conversations/${id}/export`, { headers });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}
