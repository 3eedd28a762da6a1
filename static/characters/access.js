/* The page's right to talk: a token from a link, from the form at the door, or one for whoever is
logged in here. */

import { ApiError, request } from "../room/api.js";

const KEY = "smartsteps.character.token";
const { csrf, tokenUrl } = document.body.dataset;

/** The person has to log in. */
export class Refused extends Error {}

const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}
let current = sessionStorage.getItem(KEY);

export async function token() {
  if (current) return current;
  if (!tokenUrl) throw new Refused();
  try {
    current = (await request("POST", tokenUrl, { headers: { "X-CSRFToken": csrf } })).token;
  } catch (error) {
    throw error.status === 403 ? new Refused() : error;
  }
  return current;
}

/** Resolves to what is wrong, or to "" when the person is in. */
export async function logIn(username, password) {
  try {
    current = (await request("POST", "/api/v1/auth/login", { body: { username, password } })).token;
  } catch (error) {
    return error.status === 401 ? "This name and password don’t belong together." : error.message;
  }
  sessionStorage.setItem(KEY, current);
  return "";
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

async function call(method, path) {
  try {
    return await request(method, `/api/conversations/${path}`, { token: await token() });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** What was said and noted so far, or null when the conversation is gone. */
export const everything = (id) => call("GET", `${id}/export`);
export const erase = (id) => call("DELETE", id);
