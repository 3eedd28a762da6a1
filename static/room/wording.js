/* What the room says in each state, to the client and to staff. */

const when = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "short" });
const hour = new Intl.DateTimeFormat([], { hour: "numeric", minute: "2-digit" });
const MINUTE_MS = 60_000;

export const STATUS = { scheduled: "Scheduled", active: "In session", completed: "Ended", cancelled: "Cancelled" };

export function opening(session, people) {
  const planned = when.format(new Date(session.scheduled_at));
  if (session.status === "scheduled") {
    return people.staff
      ? ["Waiting room", `Planned for ${planned}. Start the session when everyone is here; whoever has the link waits until then.`]
      : ["You are in the right place", `Your session with ${people.persona} has not begun yet. It is planned for ${planned}. You can leave this page open: the session begins here by itself.`];
  }
  if (session.status === "cancelled") return ["This session was cancelled", people.staff ? "" : "Your clinician will tell you what comes next."];
  return people.staff
    ? ["The session has begun", `${people.clientName} talks with ${people.persona}. You can write as yourself at any time.`]
    : ["Your session has begun", `Take your time, and write when you are ready. ${people.persona} answers in a moment.`];
}

export function closing(session, people) {
  if (session.status !== "completed") return null;
  return ["The session has ended", people.staff ? "You can still add notes." : "Thank you for talking. You can close this page."];
}

export function disclosure(people) {
  return people.staff
    ? `with ${people.persona}, an AI persona`
    : `${people.persona} is an AI persona, not a person. Your clinician can read along and write to you.`;
}

export function times({ started_at: start, ended_at: end, duration_minutes: minutes }) {
  if (!start) return `${minutes} minutes`;
  const from = new Date(start);
  if (end) return `${hour.format(from)} – ${hour.format(new Date(end))}`;
  return `${hour.format(from)} – ${hour.format(new Date(from.getTime() + minutes * MINUTE_MS))} planned`;
}

export const DOOR = {
  opening: ["One moment…", "The room is being opened."],
  lost: ["One moment…", "The server can’t be reached just now. This page keeps trying."],
  noLink: ["This room opens with a link", "Clients come in by the link that their clinician sent them. Please open that link again, or ask for a new one. Clinicians come in by logging in."],
  refusedClient: ["This link can’t be used any more", "It has expired. Please ask your clinician for a new one; what was said so far is kept."],
  refusedStaff: ["You have been logged out", "Log in again to come back to this room."],
  missing: ["This session is not here", "It may have been removed, or it is no longer in your care."],
};
