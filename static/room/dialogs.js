/* Questions before what can't be undone, and the link to send to the client. */

const byId = (id) => document.getElementById(id);

/** Resolves to whether the person said yes. */
export function ask({ title, text, yes, grave = false }) {
  const dialog = byId("ask");
  byId("ask-title").textContent = title;
  byId("ask-text").textContent = text;
  byId("ask-yes").textContent = yes;
  byId("ask-yes").className = grave ? "grave" : "";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function copy() {
  const field = byId("invitation-link");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    byId("copied").textContent = "Copied.";
  } catch {
    byId("copied").textContent = "Press Ctrl+C (or ⌘C) to copy the selected link.";
  }
}

export function showInvitation(sessionId, { token, expires_at: until }) {
  byId("invitation-link").value = `${location.origin}/room/${sessionId}#token=${token}`;
  byId("invitation-until").textContent = new Date(until).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  byId("copied").textContent = "";
  byId("copy").onclick = copy;
  byId("invitation").showModal();
}
