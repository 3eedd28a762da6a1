/* Decides who is at the door, and opens the room for them. */

import { SessionApi } from "./api.js";
import { JoinToken, StaffLogin } from "./credential.js";
import { People } from "./people.js";
import { Room } from "./room.js";
import { DOOR } from "./wording.js";

const byId = (id) => document.getElementById(id);
const { sessionId, staff, csrf, clientName, tokenUrl, loginUrl } = document.body.dataset;

/** A link's token moves from the address bar to this tab's storage. The history entry remembers
    that it was a client's, since a clinician may open one beside their own page. */
function takeJoinToken() {
  const key = JoinToken.key(sessionId);
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(key, given);
    history.replaceState({ client: true }, "", location.pathname);
  }
  return !staff || history.state?.client ? sessionStorage.getItem(key) : null;
}

function door(state) {
  byId("door").hidden = state === null;
  byId("room").hidden = state !== null;
  if (state === null) return;
  [byId("door-title").textContent, byId("door-text").textContent] = DOOR[state];
  byId("door-login").hidden = !["noLink", "refusedStaff"].includes(state);
  byId("door-login").href = loginUrl;
  if (!["opening", "lost"].includes(state)) byId("door-title").focus();
}

function openRoom(credential, people) {
  door("opening");
  new Room({ sessionId, credential, people, door, api: new SessionApi(sessionId, credential) }).open();
}

const joinToken = takeJoinToken();
// Another link pasted into this tab only changes the fragment, which does not load the page.
// Any other fragment is a jump inside it, whose history entry must not forget who this is.
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) location.reload();
  else history.replaceState({ client: Boolean(joinToken) }, "", location.pathname);
});

if (joinToken) openRoom(new JoinToken(sessionId, joinToken), new People(null, "You"));
else if (staff) openRoom(new StaffLogin(tokenUrl, csrf), new People(staff, clientName));
else door("noLink");
